// What is measured: programs whose number of iterations is given, each with what it must print.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { LINE_BYTES = 128 };

struct program {
  const char* name;
  const char* unit;           // one iteration
  uint64_t usual_iterations;  // the suite's
  const char* line;           // what it prints after as many
  int (*main)(int argc, char** argv);
  uint64_t (*loop)(uint64_t iterations);  // in place of main
};

extern const struct program programs[];
extern const size_t program_count;

// Runs it and keeps what it prints. 0: it went well.
int run_program(const struct program* program, uint64_t iterations, char line[LINE_BYTES]);
