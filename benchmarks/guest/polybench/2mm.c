// D = D * beta + (A * B) * C with inner products down a column. D is not reset between repetitions.
#include "polybench/polybench.h"

static int A[NI][NK], B[NK][NJ], C[NJ][NL], D[NI][NL], tmp[NI][NJ];

static KERNEL void two_products(int beta) {
  for (int i = 0; i < NI; i++)
    for (int j = 0; j < NJ; j++) {
      int sum = 0;
      for (int k = 0; k < NK; k++) sum += A[i][k] * B[k][j];
      tmp[i][j] = sum;
    }
  for (int i = 0; i < NI; i++)
    for (int j = 0; j < NL; j++) {
      int sum = D[i][j] * beta;
      for (int k = 0; k < NJ; k++) sum += tmp[i][k] * C[k][j];
      D[i][j] = sum;
    }
}

int main(int argc, char** argv) {
  fill(&A[0][0], NI, NK, 1);
  fill(&B[0][0], NK, NJ, 2);
  fill(&C[0][0], NJ, NL, 3);
  fill(&D[0][0], NI, NL, 4);
  for (long r = repetitions(argc, argv); r > 0; r--) two_products(3);
  return print_checksum(fold_ints(CHECKSUM_START, &D[0][0], NI * NL));
}
