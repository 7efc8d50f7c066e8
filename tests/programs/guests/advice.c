// Advice that a program can see the effect of, and mremap's rarer ways. Sizes suit pages of 4, 16 and 64 KiB.
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { kSize = 1 << 18, kHalf = kSize / 2 };

static char* private_pages(void) {
  char* at = mmap(NULL, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(at, 7, kSize);
  return at;
}

// What a child finds at both halves: the value, or that there is nothing.
static void in_child(const char* name, const volatile char* at) {
  for (int half = 0; half < 2; ++half) {
    int status = 0;
    if (fork() == 0) _exit(at[half * kHalf]);
    wait(&status);
    if (WIFSIGNALED(status)) {
      printf("%s %d: signal %d\n", name, half, WTERMSIG(status));
    } else {
      printf("%s %d: %d\n", name, half, WEXITSTATUS(status));
    }
    fflush(stdout);
  }
}

static int grandchild(const volatile char* at) {
  int status = 0;
  if (fork() == 0) {
    if (fork() == 0) _exit(at[0]);
    wait(&status);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 100);
  }
  wait(&status);
  return WEXITSTATUS(status);
}

static void forks(void) {
  char* at = private_pages();
  say("dont_fork", madvise(at, kHalf, MADV_DONTFORK));
  in_child("dont_fork", at);
  say("do_fork", madvise(at, kHalf, MADV_DOFORK));
  in_child("do_fork", at);
  say("wipe", madvise(at + kHalf, kHalf, MADV_WIPEONFORK));
  in_child("wipe", at);
  say("parent", at[kHalf]);
  say("keep", madvise(at + kHalf, kHalf, MADV_KEEPONFORK));
  in_child("keep", at);
  say("wipe again", madvise(at, kHalf, MADV_WIPEONFORK));
  say("of a child's child", grandchild(at));
  say("protect", mprotect(at, kHalf / 2, PROT_READ));
  in_child("after mprotect", at);
  char* shared = mmap(NULL, kSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  say("wipe shared", madvise(shared, kSize, MADV_WIPEONFORK));
  say("dont_fork shared", madvise(shared, kHalf, MADV_DONTFORK));
  in_child("dont_fork shared", shared);
}

static void contents(void) {
  char* at = private_pages();
  say("dontneed", madvise(at, kHalf, MADV_DONTNEED));
  printf("%d %d\n", at[0], at[kHalf]);
  say("remove private", madvise(at, kHalf, MADV_REMOVE));
  const int file = memfd_create("hole", 0);
  ftruncate(file, kSize);
  char* mapped = mmap(NULL, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  memset(mapped, 9, kSize);
  say("remove", madvise(mapped, kHalf, MADV_REMOVE));
  char byte = 1;
  pread(file, &byte, 1, 0);
  printf("%d %d, in the file %d\n", mapped[0], mapped[kHalf], byte);
  say("free of a file", madvise(mapped, kHalf, MADV_FREE));
  mprotect(at, kHalf, PROT_NONE);
  say("populate", madvise(at + kHalf, kHalf, MADV_POPULATE_WRITE));
  say("populate what cannot be read", madvise(at, kHalf, MADV_POPULATE_READ));
}

static void errors(void) {
  char* at = private_pages();
  say("willneed", madvise(at, kSize, MADV_WILLNEED));
  say("unknown", madvise(at, kSize, 99));
  say("unknown of nothing", madvise(at, 0, 5));
  say("nothing", madvise(at, 0, MADV_DONTNEED));
  say("no page", madvise(at + 1, kSize, MADV_DONTNEED));
  munmap(at, kHalf);
  say("a hole", madvise(at, kSize, MADV_DONTFORK));
  say("a hole without need", madvise(at, kSize, MADV_NORMAL));
  say("emptied up to a hole", madvise(at, kSize, MADV_DONTNEED));
  say("and behind it", at[kHalf]);
  say("nowhere", madvise((void*)((uint64_t)1 << 60), kSize, MADV_DONTNEED));
}

static void remaps(void) {
  const int file = memfd_create("twice", 0);
  ftruncate(file, kSize);
  char* first = mmap(NULL, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  char* second = mremap(first, 0, kSize, MREMAP_MAYMOVE);
  say("duplicate", second == MAP_FAILED ? -1 : second != first);
  second[5] = 55;
  say("the same", first[5]);
  char* half = mremap(first + kHalf, 0, kHalf, MREMAP_MAYMOVE);
  half[1] = 11;
  say("a part", first[kHalf + 1]);
  char* own = private_pages();
  say("duplicate private", mremap(own, 0, kSize, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0);
  say("duplicate in place", mremap(first, 0, kSize, 0) == MAP_FAILED ? -1 : 0);
  char* moved = mremap(own, kSize, kSize, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
  printf("moved %d, left %d\n", moved[0], own[0]);
  say("and smaller", mremap(own, kSize, kHalf, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL) == MAP_FAILED ? -1 : 0);
  say("without moving", mremap(own, kSize, kSize, MREMAP_DONTUNMAP, NULL) == MAP_FAILED ? -1 : 0);
  say("unknown flag", mremap(own, kSize, kSize, 8) == MAP_FAILED ? -1 : 0);
  say("fixed alone", mremap(own, kSize, kSize, MREMAP_FIXED, moved) == MAP_FAILED ? -1 : 0);
  say("shrink", mremap(own, kSize, kHalf, 0) == own);
  say("of nothing", mremap(own + kHalf, kHalf, kHalf, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0);
  int status = 0;
  if (fork() == 0) _exit(((volatile char*)own)[kHalf]);
  wait(&status);
  say("what was cut off", WTERMSIG(status));
  mprotect(moved, kHalf, PROT_READ);
  say("grow over a border", mremap(moved, kSize, 2 * kSize, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0);
  say("shrink over a border", mremap(moved, kSize, kHalf / 2, 0) == moved);
  if (fork() == 0) _exit(((volatile char*)moved)[kHalf]);
  wait(&status);
  say("what was cut off", WTERMSIG(status));
}

int main(void) {
  forks();
  contents();
  errors();
  remaps();
  return 0;
}
