// Readings: a program, in a process of its own.
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
  const char* wrong;  // it could not be made: why
  char line[LINE_BYTES];
};

enum { FAILURE_BYTES = 120 };

// As many readings as there are numbers of iterations. False: it did not come to its end; `failure` says why.
// An interruption ends it too.
bool read_program(const struct program* program, const uint64_t* iterations, size_t count,
                  struct reading* readings, char failure[FAILURE_BYTES]);
