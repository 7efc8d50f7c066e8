// The machine: what it says of itself, and how a fast core of it is had.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { TEXT_BYTES = 160 };

struct machine {
  char chip[TEXT_BYTES];
  char model[TEXT_BYTES];
  char system[TEXT_BYTES];
  bool is_virtual;
};

struct core_choice {
  const char* type;  // P, E, assumed-P or unknown
  char how[TEXT_BYTES];
  bool bound;  // to one core, by the system; otherwise only asked for
};

// At less than this no P core of an M1 or M2 runs that is not held back, and no E core runs at more.
#define SLOWEST_FAST_GHZ 2.5

void describe_machine(struct machine* machine);

// For this thread and the processes that it makes: `cpu`, or a fast core where it is negative. False, with
// what is wrong in `how`, when there is no such cpu. `machine` is that of describe_machine.
bool choose_core(const struct machine* machine, int cpu, struct core_choice* choice);

// In a process that choose_core's made: what is not handed on.
void keep_core(void);
