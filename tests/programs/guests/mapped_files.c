// Mappings of files whose end lies within a page: the rest of that page is zeros, the next one SIGBUS, also when the
// file grows or shrinks while it is mapped.
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static sigjmp_buf back;
static void on_bus(int signal) { siglongjmp(back, signal); }

static void look(const char* name, volatile char* at) {
  const int signal = sigsetjmp(back, 1);
  if (signal == 0) {
    say(name, *at);
  } else {
    printf("%s: signal %d\n", name, signal);
  }
}

static int fresh(long size) {
  char name[] = "m2sim_XXXXXX";
  const int fd = mkstemp(name);
  static char text[200000];
  memset(text, 'a', sizeof(text));
  unlink(name);
  say("write", write(fd, text, (size_t)size));
  return fd;
}

static void all_of(const char* name, volatile char* p, long page) {
  printf("%s\n", name);
  look("first", p);
  look("middle of the page", p + page / 2);
  look("its end", p + page - 1);
  look("next page", p + page);
}

static void with(int kind) {
  const long page = sysconf(_SC_PAGESIZE);
  const int fd = fresh(10);
  volatile char* p = mmap(0, (size_t)(4 * page), PROT_READ | PROT_WRITE, kind, fd, 0);
  all_of("new", p, page);
  p[page / 2] = 'z';
  look("written behind the end", p + page / 2);
  say("grow", ftruncate(fd, 2 * page + 5));
  look("now of the file", p + page + 7);
  look("end of its new last page", p + 3 * page - 1);
  look("behind it", p + 3 * page);
  say("shrink", ftruncate(fd, 5));
  all_of("shrunk", p, page);
  say("grow", pwrite(fd, "bbb", 3, page - 3));
  look("written by a call", p + page - 1);
  munmap((void*)p, (size_t)(4 * page));
  close(fd);
}

static void calls(void) {
  const long page = sysconf(_SC_PAGESIZE);
  const int fd = fresh(10);
  char* p = mmap(0, (size_t)(2 * page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  int ends[2];
  pipe(ends);
  say("a call reads the tail", write(ends[1], p + page - 100, 100));
  say("and writes it", read(ends[0], p + page - 50, 50));
  say("not what is behind", write(ends[1], p + page, 10));
  fflush(stdout);
  if (fork() == 0) {
    look("in a child", p + page - 1);
    look("behind, in a child", p + page);
    fflush(stdout);
    _exit(0);
  }
  wait(0);
  say("mprotect", mprotect(p, (size_t)page, PROT_READ));
  look("after it", p + page - 200);
  struct iovec parts[2] = {{p + page - 8, 4}, {p + page - 4, 4}};
  say("writev", writev(ends[1], parts, 2));
}

static void read_only(void) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  char name[64];
  snprintf(name, sizeof(name), "/proc/self/fd/%d", fresh(10));
  const int fd = open(name, O_RDONLY);
  char* p = mmap(0, page, PROT_READ, MAP_SHARED, fd, 0);
  say("writable, of a file that is not", mprotect(p, page, PROT_READ | PROT_WRITE));
  p = mmap(0, page, PROT_READ, MAP_PRIVATE, fd, 0);
  say("writable, of a copy", mprotect(p, page, PROT_READ | PROT_WRITE));
}

int main(void) {
  signal(SIGBUS, on_bus);
  printf("shared\n");
  with(MAP_SHARED);
  printf("private\n");
  with(MAP_PRIVATE);
  calls();
  read_only();
  return 0;
}
