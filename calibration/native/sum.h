// FNV-1a over numbers: what says that a test's code and memory are those of its trial.
#pragma once

#include <stdint.h>

#define SUM_START UINT64_C(0xcbf29ce484222325)

static inline uint64_t add_to_sum(uint64_t sum, uint64_t value) {
  return (sum ^ value) * UINT64_C(0x100000001b3);
}
