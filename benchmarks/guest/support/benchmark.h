// What every C program of the suite shares: repetitions, reproducible data, and the checksum line.
#ifndef BENCHMARK_H
#define BENCHMARK_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A kernel that the compiler may neither inline nor merge with another call of it.
#define KERNEL __attribute__((noinline, noclone))

// REPETITIONS comes from suite.json through the build; an argument overrides it, so that a slope over
// repetitions can be measured without start-up.
static inline long repetitions(int argc, char** argv) {
  return argc > 1 ? strtol(argv[1], NULL, 10) : REPETITIONS;
}

// xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled".
static inline uint64_t next_random(uint64_t* state) {
  uint64_t x = *state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  *state = x;
  return x * UINT64_C(0x2545f4914f6cdd1d);
}

// FNV-1a over 64-bit values.
#define CHECKSUM_START UINT64_C(0xcbf29ce484222325)
static inline uint64_t fold(uint64_t sum, uint64_t value) { return (sum ^ value) * UINT64_C(0x100000001b3); }

static inline uint64_t fold_ints(uint64_t sum, const int* values, size_t count) {
  for (size_t i = 0; i < count; i++) sum = fold(sum, (uint32_t)values[i]);
  return sum;
}

static inline uint64_t fold_double(uint64_t sum, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return fold(sum, bits);
}

static inline int print_checksum(uint64_t sum) { return printf("%016" PRIx64 "\n", sum) == 17 ? 0 : 1; }

#endif
