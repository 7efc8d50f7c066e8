// Matrix product of 64-bit integers in the order i, k, j.
#include "support/benchmark.h"

#ifndef DIMENSION  // m2sim calibrate scaling gives others
#define DIMENSION 96
#endif
enum { SIZE = DIMENSION };
static int64_t a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

static KERNEL void multiply(void) {
  for (int i = 0; i < SIZE; i++)
    for (int k = 0; k < SIZE; k++)
      for (int j = 0; j < SIZE; j++) c[i][j] += a[i][k] * b[k][j];
}

int main(int argc, char** argv) {
  uint64_t state = 1, sum = CHECKSUM_START;
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < SIZE; j++) {
      a[i][j] = (int64_t)(next_random(&state) >> 48) - 32768;
      b[i][j] = (int64_t)(next_random(&state) >> 48) - 32768;
    }
  for (long r = repetitions(argc, argv); r > 0; r--) multiply();
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < SIZE; j++) sum = fold(sum, (uint64_t)c[i][j]);
  return print_checksum(sum);
}
