// C += A * B in the order i, k, j: the accumulator lives in memory. C is not reset between repetitions.
#include "polybench/polybench.h"

static int A[NI][NK], B[NK][NJ], C[NI][NJ];

static KERNEL void gemm(void) {
  for (int i = 0; i < NI; i++)
    for (int k = 0; k < NK; k++)
      for (int j = 0; j < NJ; j++) C[i][j] += A[i][k] * B[k][j];
}

int main(int argc, char** argv) {
  fill(&A[0][0], NI, NK, 1);
  fill(&B[0][0], NK, NJ, 2);
  fill(&C[0][0], NI, NJ, 3);
  for (long r = repetitions(argc, argv); r > 0; r--) gemm();
  return print_checksum(fold_ints(CHECKSUM_START, &C[0][0], NI * NJ));
}
