// The core's counters, where the system lets a program have them, under Apple's names.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { MOST_COUNTERS = 8 };

struct counters {
  size_t count;
  const char* names[MOST_COUNTERS];
  char refusal[160];  // why there are none; empty where there are
};

// For the calling thread. Again in each process that measures.
void counters_open(struct counters* counters);
void counters_begin(const struct counters* counters);
// As many values as there are counters. 0: they have counted all the time.
int counters_end(const struct counters* counters, uint64_t values[MOST_COUNTERS]);

// What is asked for, by event number (Apple's list of events). Counters 0 and 1 count cycles and instructions
// only; INST_ALL needs counter 7, the other INST_ and _NONSPEC ones 5 to 7, the rest any: these fit together.
struct counter_event {
  const char* name;
  unsigned event;
  unsigned place;  // the counter that takes it, where that is ours to say
};
static const struct counter_event kAppleEvents[] = {
    {"pmu.CORE_ACTIVE_CYCLE", 2, 2},        {"pmu.INST_ALL", 140, 7},    {"pmu.INST_BRANCH", 141, 6},
    {"pmu.BRANCH_MISPRED_NONSPEC", 203, 5}, {"pmu.MAP_STALL", 118, 3},   {"pmu.MAP_DISPATCH_BUBBLE", 214, 4},
    {"pmu.L1D_CACHE_MISS_LD", 163, 8},      {"pmu.L1D_TLB_MISS", 161, 9}};
enum { APPLE_EVENTS = sizeof kAppleEvents / sizeof kAppleEvents[0] };
