#include "clock.h"

#include <stdint.h>
#include <time.h>

enum { LINKS_A_PASS = 100, PASSES = 10000, TRIES = 3 };

double seconds_now(void) {
#ifdef __APPLE__
  return (double)clock_gettime_nsec_np(CLOCK_UPTIME_RAW) * 1e-9;
#else
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC_RAW, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
#endif
}

// Additions of a register: one of a small constant may be done away with by a core that folds them.
static void add_in_a_chain(void) {
  uint64_t sum = 0, passes = PASSES;
  __asm__ volatile(
      "0:\n"
      ".rept 100\n"
      "add %0, %0, %2\n"
      ".endr\n"
      "subs %1, %1, #1\n"
      "b.ne 0b\n"
      : "+r"(sum), "+r"(passes)
      : "r"(UINT64_C(3))
      : "cc");
}

double clock_ghz_now(void) {
  double fastest = 0;
  for (int i = 0; i < TRIES; i++) {
    const double before = seconds_now();
    add_in_a_chain();
    const double ghz = LINKS_A_PASS * (double)PASSES / (seconds_now() - before) * 1e-9;
    if (ghz > fastest) fastest = ghz;  // what interrupts it can only make it longer
  }
  return fastest;
}

// A clock rises in steps, and may stand still for some milliseconds before the next.
void wait_for_steady_clock(void) {
  double last = clock_ghz_now();
  for (int i = 0; i < 30; i++) {
    const double next = clock_ghz_now();
    if (i >= 8 && next < last * 1.003) return;
    last = next;
  }
}
