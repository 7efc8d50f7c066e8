// What a structure test's memory holds before it runs: the same words as calibration/structures gives its
// trials, in the same order; where a trial is short, because it is simulated, more of them.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum layout {
  NOTHING,
  TWO_CHAINS,  // two chains of lines in random order
  CYCLE,       // one cycle through all lines of `x` bytes
  PAGES,       // one cycle through lines on `x` pages, `stride` bytes apart
  LANES,       // `x` chains of lines side by side
};

struct memory {
  enum layout layout;
  uint64_t x;
  uint64_t stride;
  uint64_t bytes;
  size_t checked;  // so many of its words are as in the trial, whose sum this is
  uint64_t sum;
};

// How many steps a loop through it may take, and how many it takes until all of it has been visited.
struct steps {
  uint64_t most;  // 0: any number
  uint64_t all;
};
struct steps steps_of(const struct memory* memory);

// Writes it, as addresses from `base` on. NULL: as it should be; otherwise what is wrong.
const char* fill_memory(const struct memory* memory, unsigned char* base);
