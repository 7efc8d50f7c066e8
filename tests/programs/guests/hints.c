// Where mmap puts what: a free place that is asked for is taken, a hint only where fork finds room for a copy of
// it, and nothing is ever laid over what is there unless MAP_FIXED says so. A child has all of it. Numbers are such
// that pages of 4, 16 and 64 KiB give the same.
#define _GNU_SOURCE
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { kSize = 1 << 20 };
static const int kMine = MAP_PRIVATE | MAP_ANONYMOUS;

static void* at(uint64_t address) { return (void*)address; }

static void ask(const char* name, uint64_t hint, size_t size, int flags) {
  void* got = mmap(at(hint), size, PROT_READ | PROT_WRITE, kMine | flags, -1, 0);
  if (got == MAP_FAILED) {
    say(name, -1);
    return;
  }
  printf("%s: %s\n", name, got == at(hint) ? "there" : "elsewhere");
  ((volatile char*)got)[size - 1] = 1;
  if (got != at(hint)) munmap(got, size);
}

static void copied(const char* name) {
  const pid_t child = fork();
  if (child == 0) _exit(7);
  int status = 0;
  if (child > 0) waitpid(child, &status, 0);
  say(name, child < 0 ? -1 : WEXITSTATUS(status));
}

int main(void) {
  ask("below 4 GiB", 0x20000000, kSize, 0);
  ask("above 4 GiB", 0x100000000, kSize, 0);
  ask("Go's heap", 0xc000000000, 64 << 20, 0);
  ask("above 39 bits", 0x10000000000, kSize, 0);
  ask("near the top", 0x3f0000000000, kSize, 0);
  ask("beyond the top", 0xffff0000000000, kSize, 0);
  copied("fork");
  ask("taken", 0xc000000000, kSize, 0);
  ask("taken in part", 0xc000000000 - kSize, 2 * kSize, 0);
  ask("beside it", 0xc000000000 - kSize, kSize, 0);
  ask("not to replace", 0xc000000000, kSize, MAP_FIXED_NOREPLACE);
  ask("not to replace, free", 0xd000000000, kSize, MAP_FIXED_NOREPLACE);
  ask("to replace", 0xd000000000, kSize, MAP_FIXED);
  ask("to replace, none there", 0xe000000000, kSize, MAP_FIXED);
  ask("to replace, no page", 0xe000000001, kSize, MAP_FIXED);
  say("munmap", munmap(at(0xe000000000), kSize));
  ask("what was left", 0xe000000000, kSize, 0);
  void* odd = mmap(at(0xe100000123), kSize, PROT_READ, kMine, -1, 0);
  printf("no page: %s\n", (uintptr_t)odd == 0xe100000000 ? "rounded down" : "elsewhere");
  void* large = mmap(NULL, (size_t)1 << 40, PROT_NONE, kMine | MAP_NORESERVE, -1, 0);
  say("a terabyte anywhere", large != MAP_FAILED);
  copied("fork with it");
  munmap(large, (size_t)1 << 40);
  const int insists = kMine | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
  void* reserved = mmap(at(0x100000000000), (size_t)1 << 40, PROT_NONE, insists, -1, 0);
  say("a terabyte", reserved == at(0x100000000000));
  say("commit in it", mprotect(at(0x100000000000 + ((uint64_t)1 << 39)), kSize, PROT_READ | PROT_WRITE));
  *(volatile char*)(0x100000000000 + ((uint64_t)1 << 39)) = 1;
  void* moved = mremap(at(0xd000000000), kSize, kSize, MREMAP_MAYMOVE | MREMAP_FIXED, at(0xf000000000));
  say("moved there", moved == at(0xf000000000));
  ask("where it was", 0xd000000000, kSize, 0);
  say("grown", mremap(at(0xd000000000), kSize, 2 * kSize, 0) == at(0xd000000000));
  say("no room to grow", mremap(at(0xc000000000 - kSize), kSize, 2 * kSize, 0) == MAP_FAILED ? -1 : 0);
  void* first = mmap(NULL, kSize, PROT_READ, kMine, -1, 0);
  void* second = mmap(NULL, kSize, PROT_READ, kMine, -1, 0);
  say("downwards", second < first);
  return 0;
}
