// Matrix product of doubles in the order i, j, k: one accumulation chain of fused multiply-adds.
#include "support/benchmark.h"

enum { SIZE = 96 };
static double a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

static KERNEL void multiply(void) {
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < SIZE; j++) {
      double sum = c[i][j] * 0.5;
      for (int k = 0; k < SIZE; k++) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
}

int main(int argc, char** argv) {
  uint64_t state = 1, sum = CHECKSUM_START;
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < SIZE; j++) {
      a[i][j] = (double)(next_random(&state) >> 40) / 16777216.0;
      b[i][j] = (double)(next_random(&state) >> 40) / 16777216.0 - 0.5;
    }
  for (long r = repetitions(argc, argv); r > 0; r--) multiply();
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < SIZE; j++) sum = fold_double(sum, c[i][j]);
  return print_checksum(sum);
}
