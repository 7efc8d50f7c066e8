// Resource limits: each is kept, inherited, and enforced. (That of processor time takes too long: it is in
// tests/emu/linux/calls.)
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static void limit(int what, rlim_t soft, rlim_t hard) {
  const struct rlimit wanted = {soft, hard};
  say("setrlimit", setrlimit(what, &wanted));
}

static void in_child(void (*body)(void)) {
  int status = 0;
  fflush(stdout);
  if (fork() == 0) {
    body();
    fflush(stdout);
    _exit(0);
  }
  wait(&status);
  if (WIFSIGNALED(status)) printf("killed by %d\n", WTERMSIG(status));
}

static void files(void) {
  limit(RLIMIT_NOFILE, 20, 30);
  int last = 0;
  for (int fd; (fd = open("/dev/null", O_RDONLY)) >= 0;) last = fd;
  say("last", last);
  say("open", open("/dev/null", O_RDONLY));
  say("dup2", dup2(0, 20));
  say("dup to 25", fcntl(0, F_DUPFD, 25));
  int ends[2];
  say("pipe", pipe(ends));
  limit(RLIMIT_NOFILE, 30, 30);
  say("dup2 with more", dup2(0, 29));
  limit(RLIMIT_NOFILE, 5, 30);
  char byte;
  say("what is open stays so", read(29, &byte, 0));
}

static void on_signal(int signal) { printf("signal %d\n", signal); }

static void file_size(void) {
  static char block[3000];
  char name[] = "m2sim_XXXXXX";
  const int fd = mkstemp(name);
  unlink(name);
  signal(SIGXFSZ, on_signal);
  limit(RLIMIT_FSIZE, 4000, RLIM_INFINITY);
  say("write", write(fd, block, 3000));
  say("write up to it", write(fd, block, 3000));
  say("write at it", write(fd, block, 1));
  say("pwrite", pwrite(fd, block, 3000, 3500));
  say("pwrite behind", pwrite(fd, block, 1, 5000));
  say("truncate", ftruncate(fd, 5000));
  say("shrink", ftruncate(fd, 100));
  int ends[2];
  pipe(ends);
  say("a pipe has no size", write(ends[1], block, 3000));
  signal(SIGXFSZ, SIG_DFL);
  lseek(fd, 4000, SEEK_SET);
  say("not reached", write(fd, block, 1));
}

static void address_space(void) {
  limit(RLIMIT_AS, 256 << 20, RLIM_INFINITY);
  say("mmap", mmap(0, 300 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
  say("errno", errno == ENOMEM);
  void* const some = mmap(0, 32 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  say("some", some != MAP_FAILED);
  say("grown", mremap(some, 32 << 20, 300 << 20, MREMAP_MAYMOVE) != MAP_FAILED);
  say("brk", sbrk(300 << 20) != (void*)-1);
  say("in its place", mmap(some, 32 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == some);
}

static void data(void) {
  limit(RLIMIT_DATA, 64 << 20, RLIM_INFINITY);
  say("writable", mmap(0, 100 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
  say("read-only", mmap(0, 100 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
  say("shared", mmap(0, 100 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
  say("brk", sbrk(100 << 20) != (void*)-1);
}

static void rules(void) {
  struct rlimit now;
  say("soft above hard", setrlimit(RLIMIT_NOFILE, &(struct rlimit){20, 10}));
  say("no such limit", setrlimit(99, &(struct rlimit){1, 1}));
  say("no such process", prlimit(999999, RLIMIT_CORE, 0, &now));
  limit(RLIMIT_CORE, 5, 10);
  getrlimit(RLIMIT_CORE, &now);
  say("soft", (long)now.rlim_cur);
  say("hard", (long)now.rlim_max);
  fflush(stdout);
  if (fork() == 0) {
    getrlimit(RLIMIT_CORE, &now);
    say("inherited", (long)now.rlim_cur);
    say("of the parent", prlimit(getppid(), RLIMIT_CORE, &(struct rlimit){7, 10}, 0));
    _exit(0);
  }
  wait(0);
  getrlimit(RLIMIT_CORE, &now);
  say("changed by the child", (long)now.rlim_cur);
}

static int depth(int left) {
  volatile char block[65536];
  block[0] = (char)left;
  return left == 0 ? 0 : depth(left - 1) + block[0] * 0 + 1;
}

// A program that raises the limit and goes deep without another exec: Linux leaves room below.
static void stack(void) {
  limit(RLIMIT_STACK, 48 << 20, RLIM_INFINITY);
  say("deep", depth(640));
}

int main(void) {
  in_child(rules);
  in_child(files);
  in_child(file_size);
  in_child(address_space);
  in_child(data);
  in_child(stack);
  return 0;
}
