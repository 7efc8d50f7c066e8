// Points of the structures' curves: the loops of calibration/structures, made in memory when they are needed.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "layout.h"

struct structure {
  const char* name;
  const char* unit;
  uint64_t units_a_pass;
  size_t packed_words;  // of structure_words.inc, behind those of the points before
  size_t words;
  uint64_t sum;  // of the words
  struct memory memory;
};

extern const struct structure structures[];
extern const size_t structure_count;

// A loop that is ready to run.
struct loop {
  void (*run)(uint64_t passes);
  unsigned char* memory;
};

// NULL: it went well; otherwise what is wrong. The memory stays as long as the process.
const char* make_loop(const struct structure* structure, struct loop* loop);

// Takes all of its lines out of the caches, where a test counts on that.
void forget_lines(const struct structure* structure);
