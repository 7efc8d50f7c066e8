// Division and square root: in chains and side by side, integers of both widths, single and double.
#include <math.h>

#include "support/benchmark.h"

enum { COUNT = 1024 };
static uint64_t numerators[COUNT], divisors[COUNT];
static double doubles[COUNT];
static float floats[COUNT];

// Euclid: each division waits for the one before.
static KERNEL uint64_t divisors_in_common(void) {
  uint64_t sum = 0;
  for (int i = 0; i < COUNT; i++) {
    uint64_t a = numerators[i], b = divisors[i];
    while (b != 0) {
      const uint64_t rest = a % b;
      a = b;
      b = rest;
    }
    sum += a;
  }
  return sum;
}

static KERNEL int64_t quotients(void) {
  int64_t sum = 0;
  for (int i = 0; i < COUNT; i++)
    sum +=
        (int64_t)numerators[i] / (int64_t)divisors[i] + (int32_t)numerators[i] / (int32_t)(divisors[i] | 1);
  return sum;
}

// Newton's step for a square root and the instruction's.
static KERNEL double roots(void) {
  double sum = 0;
  for (int i = 0; i < COUNT; i++) {
    double guess = 1;
    for (int k = 0; k < 4; k++) guess = 0.5 * (guess + doubles[i] / guess);
    sum += guess - __builtin_sqrt(doubles[i]);
  }
  return sum;
}

static KERNEL float lengths(void) {
  float sum = 0;
  for (int i = 0; i + 1 < COUNT; i++)
    sum += floats[i] / __builtin_sqrtf(floats[i] * floats[i] + floats[i + 1] * floats[i + 1]);
  return sum;
}

int main(int argc, char** argv) {
  uint64_t state = 1, sum = CHECKSUM_START;
  for (int i = 0; i < COUNT; i++) {
    numerators[i] = next_random(&state) >> (i % 32);
    divisors[i] = (next_random(&state) >> (24 + i % 32)) + 1;
    doubles[i] = (double)(next_random(&state) >> 40) / 65536.0 + 1.0;
    floats[i] = (float)(next_random(&state) >> 48) / 256.0F + 1.0F;
  }
  for (long r = repetitions(argc, argv); r > 0; r--) {
    sum = fold(sum, divisors_in_common());
    sum = fold(sum, (uint64_t)quotients());
    sum = fold_double(sum, roots());
    sum = fold_double(sum, (double)lengths());
  }
  return print_checksum(sum);
}
