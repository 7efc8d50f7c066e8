// All that is measured: programs by sizes by repeats, in an order that mixes them.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "options.h"
#include "programs.h"
#include "reading.h"

struct point {
  uint64_t iterations;
  struct reading* readings;
  size_t count;
};

struct measurement {
  const struct program* program;
  char failure[FAILURE_BYTES];  // why it is left out
  struct point points[MOST_SIZES];
};

struct session {
  struct measurement* measurements;
  size_t count;
  size_t sizes;
  bool interrupted;
};

// Set by an interruption: what was measured until then remains.
void catch_interruptions(void);

// What the options' filter leaves. The memory stays as long as the process.
struct session plan_session(const struct options* options);

// Finds the sizes and checks what each program prints, then takes all readings. Progress and failures go to
// standard error.
void run_session(struct session* session, const struct options* options);
