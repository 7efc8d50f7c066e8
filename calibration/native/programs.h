// What is measured: programs whose number of iterations is given, each with what it must print, and
// structures' loops.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "structures.h"

enum { LINE_BYTES = 128 };

struct program {
  const char* name;
  const char* unit;           // one iteration
  uint64_t usual_iterations;  // of a first run; the suite's
  const char* line;           // what it prints after as many; NULL: it prints nothing
  int (*main)(int argc, char** argv);
  uint64_t (*loop)(uint64_t iterations);  // in place of main, or
  const struct structure* structure;
};

// All there are. The memory stays as long as the process.
const struct program* all_programs(size_t* count);

// Iterations of a session: least or more of them, most of all, and multiples of the step.
struct range {
  uint64_t least;
  uint64_t most;  // 0: any number
  uint64_t step;
};
struct range range_of(const struct program* program, bool quick);

// Before its time is taken. NULL: it is ready; otherwise what is wrong. One program a process.
const char* prepare_program(const struct program* program);

// Just before its time is taken, and after the clock's.
void settle_program(const struct program* program);

// Runs it and keeps what it prints. 0: it went well.
int run_program(const struct program* program, uint64_t iterations, char line[LINE_BYTES]);
