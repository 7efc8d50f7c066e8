// One reading: a program, once, in a process of its own.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "counters.h"
#include "programs.h"

struct reading {
  double seconds;
  double clock_ghz;  // just before and just behind it
  uint64_t counters[MOST_COUNTERS];
  bool counted;  // every counter all the time
  int status;
  char line[LINE_BYTES];
};

enum { FAILURE_BYTES = 120 };

// False: it did not come to its end; `failure` says why. An interruption ends it too.
bool read_program(const struct program* program, uint64_t iterations, struct reading* reading,
                  char failure[FAILURE_BYTES]);
