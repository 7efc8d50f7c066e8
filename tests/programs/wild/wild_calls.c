// Every system call there is with arguments that make no sense, each in a process of its own. What they
// return does not matter; that the simulator lives on, and that nothing outside this folder changes, does.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kHighest = 512, kBytes = 65536 };

static uint64_t state;
static unsigned char* space;  // writable, with the pages around it unmapped

// SplitMix64: the same in every run.
static uint64_t next(void) {
  uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static uint64_t wild(void) {
  static const uint64_t kOdd[] = {0,
                                  1,
                                  2,
                                  7,
                                  8,
                                  16,
                                  64,
                                  127,
                                  128,
                                  4095,
                                  4096,
                                  65536,
                                  INT32_MAX,
                                  UINT32_MAX,
                                  INT64_MAX,
                                  UINT64_MAX,
                                  1ull << 31,
                                  1ull << 32,
                                  1ull << 38,
                                  1ull << 39,
                                  (1ull << 39) - 8,
                                  1ull << 47,
                                  1ull << 52,
                                  1ull << 63,
                                  (uint64_t)-100,
                                  (uint64_t)-4096,
                                  0x10000,
                                  0xfff8,
                                  0xff00000000000000u};
  const uint64_t choice = next() % 16;
  if (choice < 4) return kOdd[next() % (sizeof(kOdd) / sizeof(kOdd[0]))];
  if (choice < 6) return next() % 16;                                   // descriptors, small numbers
  if (choice < 10) return (uint64_t)(space + next() % kBytes / 8 * 8);  // a good pointer
  if (choice < 11) return (uint64_t)(space + kBytes - next() % 24);     // one close to the end
  if (choice < 12) return (uint64_t)(uintptr_t)&wild;                   // code
  if (choice < 13) return next() % 65536;
  if (choice < 14) return (uint64_t)1 << next() % 64;
  return next();
}

// Bytes that are small numbers, pointers, or anything: structures of some sense.
static void fill(void) {
  uint64_t* words = (uint64_t*)space;
  for (int i = 0; i < kBytes / 8; ++i) {
    const uint64_t choice = next() % 4;
    words[i] = choice == 0 ? next() : choice == 1 ? next() % 64 : choice == 2 ? wild() : 0;
  }
  memcpy(space, "name", 5);
  memcpy(space + 64, "/proc/self/mem", 15);
  memcpy(space + 128, "../../../../etc/passwd", 23);
}

static void one(long number) {
  uint64_t arguments[6];
  // Descriptors of several kinds.
  int pair[2];
  if (pipe(pair) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) _exit(2);
  open("plain", O_RDWR | O_CREAT, 0600);
  open(".", O_RDONLY);
  syscall(SYS_eventfd2, 0, 0);
  syscall(SYS_epoll_create1, 0);
  syscall(SYS_timerfd_create, 1, 0);
  syscall(SYS_signalfd4, -1, space, 8, 0);
  ualarm(20000, 0);
  for (int round = 0; round < 24; ++round) {
    fill();
    for (int i = 0; i < 6; ++i) arguments[i] = wild();
    if (round % 3 == 0) arguments[0] = next() % 16;  // most begin with a descriptor
    syscall(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
  }
  _exit(0);
}

int main(int argc, char** argv) {
  const uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
  const long first = argc > 2 ? atol(argv[2]) : 0;
  const long last = argc > 3 ? atol(argv[3]) : kHighest;
  unsigned char* around = mmap(NULL, kBytes + 2 * 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  space = around + 65536;
  mprotect(space, kBytes, PROT_READ | PROT_WRITE);
  for (long number = first; number < last; ++number) {
    // A group of its own: signals sent about shall not end this one.
    state = seed * kHighest + (uint64_t)number;
    const pid_t child = fork();
    if (child == 0) {
      setsid();
      close(0);
      close(1);
      close(2);
      one(number);
    }
    for (int i = 0; i < 50 && waitpid(child, NULL, WNOHANG) == 0; ++i) {
      if (i == 20) kill(child, SIGCONT);
      if (i > 20) kill(child, SIGKILL);
      usleep(10000);
    }
  }
  puts("done");
  return 0;
}
