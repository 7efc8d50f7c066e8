// Code that changes, by every way in which it does: each is executed before, so that what was made of it once
// has to be forgotten, and after.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { kPage = 65536, kAll = PROT_READ | PROT_WRITE | PROT_EXEC };
typedef int Function(void);

static uint32_t mov(int value) { return 0x52800000U | (uint32_t)value << 5; }  // mov w0, #value
static const uint32_t kReturn = 0xD65F03C0U;
static const uint32_t kAddOne = 0x11000400U;  // add w0, w0, #1
static const uint32_t kNop = 0xD503201FU;

static void flush(void* begin, size_t bytes) { __builtin___clear_cache(begin, (char*)begin + bytes); }

static void write_function(uint32_t* to, int value) {
  to[0] = mov(value);
  to[1] = kReturn;
  flush(to, 8);
}

static int call(const uint32_t* code) { return ((Function*)code)(); }

// So often that blocks are linked to each other.
static int often(const uint32_t* code) {
  int sum = 0;
  for (int i = 0; i < 100; ++i) sum += call(code);
  return sum;
}

static uint32_t* pages(int count) {
  return mmap(NULL, count * kPage, kAll, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void in_place(void) {
  uint32_t* code = pages(1);
  for (int i = 1; i < 4; ++i) {
    write_function(code, i);
    say("in place", often(code));
  }
  // The middle of a block, whose beginning stays.
  code[0] = mov(1);
  code[1] = code[2] = kAddOne;
  code[3] = kReturn;
  flush(code, 16);
  say("a block", often(code));
  code[2] = kNop;
  flush(code + 2, 4);
  say("its middle", often(code));
  // A branch in a loop, as a debugger or a tracer patches it.
  code[1] = 0x14000000U | 2;  // b +8
  flush(code + 1, 4);
  say("a branch", often(code));
}

static void across_pages(void) {
  uint32_t* code = pages(2);
  uint32_t* second = code + kPage / 4;
  second[-2] = mov(1);
  second[-1] = kAddOne;
  second[0] = kAddOne;
  second[1] = kReturn;
  flush(second - 2, 16);
  say("across", often(second - 2));
  second[0] = kNop;
  flush(second, 4);
  say("the second page", often(second - 2));
  mmap(second, kPage, kAll, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  second[0] = 0x11001000U;  // add w0, w0, #4
  second[1] = kReturn;
  flush(second, 8);
  say("another second page", often(second - 2));
}

static void by_another_name(void) {
  const int file = memfd_create("code", 0);
  ftruncate(file, kPage);
  uint32_t* write = mmap(NULL, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  uint32_t* run = mmap(NULL, kPage, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0);
  for (int i = 5; i < 8; ++i) {
    write[0] = mov(i);
    write[1] = kReturn;
    flush(write, 8);
    flush(run, 8);
    say("by another name", often(run));
  }
  const uint32_t word = mov(9);
  pwrite(file, &word, 4, 0);
  flush(run, 4);
  say("by the file", often(run));
}

static void by_turns(void) {
  uint32_t* code = mmap(NULL, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 1; i < 4; ++i) {
    mprotect(code, kPage, PROT_READ | PROT_WRITE);
    write_function(code, 10 * i);
    mprotect(code, kPage, PROT_READ | PROT_EXEC);
    say("by turns", often(code));
  }
}

static void by_the_kernel(void) {
  uint32_t* code = pages(1);
  write_function(code, 1);
  say("before", often(code));
  int ends[2];
  pipe(ends);
  const uint32_t words[2] = {mov(42), kReturn};
  write(ends[1], words, sizeof(words));
  read(ends[0], code, sizeof(words));
  flush(code, 8);
  say("read", often(code));
  write_function(code + 8, 43);
  uint32_t* moved = mremap(code, kPage, kPage, MREMAP_MAYMOVE | MREMAP_FIXED, (char*)pages(1));
  say("moved", often(moved + 8));
  mmap(moved, kPage, kAll, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  write_function(moved, 44);
  say("laid over", often(moved));
  munmap(moved, kPage);
  mmap(moved, kPage, kAll, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  write_function(moved, 45);
  say("again", often(moved));
}

static void of_a_child(void) {
  uint32_t* code = pages(1);
  write_function(code, 1);
  say("parent", often(code));
  fflush(stdout);
  if (fork() == 0) {
    say("child", often(code));
    write_function(code, 2);
    say("child's own", often(code));
    _exit(0);
  }
  wait(NULL);
  say("parent still", often(code));
}

static uint32_t* shared;

static void* writes(void* value) {
  write_function(shared, (int)(intptr_t)value);
  return NULL;
}

static void of_threads(void) {
  shared = pages(1);
  for (int i = 1; i < 5; ++i) {
    pthread_t thread;
    pthread_create(&thread, NULL, writes, (void*)(intptr_t)i);
    pthread_join(thread, NULL);
    __asm__ volatile("isb");
    say("of threads", often(shared));
  }
}

// As a compiler at run time: many small functions, each called at once, and their places used again.
static void many(void) {
  uint32_t* code = pages(4);
  long sum = 0;
  for (int turn = 0; turn < 3; ++turn) {
    for (int i = 0; i < 2000; ++i) {
      write_function(code + 8 * i, (i + turn) & 0xfff);
      sum += call(code + 8 * i) + call(code);
    }
  }
  say("many", sum);
}

static sigjmp_buf back;
static void jump_back(int signal) { siglongjmp(back, signal); }

// What it returns, or the signal that it ends in, below 0.
static int tried(const uint32_t* code) {
  const int signal = sigsetjmp(back, 1);
  return signal == 0 ? often(code) : -100 - signal;
}

// The code's file loses it.
static void of_a_cut_file(void) {
  signal(SIGBUS, jump_back);
  signal(SIGILL, jump_back);
  for (int way = 0; way < 4; ++way) {
    char name[] = "cutXXXXXX";
    const int file = mkstemp(name);
    ftruncate(file, kPage);
    uint32_t* code = mmap(NULL, kPage, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED, file, 0);
    write_function(code, 8);
    say("of a file", tried(code));
    if (way == 0) ftruncate(file, 0);
    if (way == 1) truncate(name, 0);
    if (way == 2) close(open(name, O_WRONLY | O_TRUNC));
    if (way == 3) fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, kPage);
    say("of a cut one", tried(code));
    unlink(name);
    close(file);
  }
}

int main(void) {
  in_place();
  across_pages();
  by_another_name();
  by_turns();
  by_the_kernel();
  of_a_child();
  of_threads();
  many();
  of_a_cut_file();
  return 0;
}
