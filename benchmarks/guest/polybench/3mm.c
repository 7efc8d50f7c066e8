// G = (A * B) * (C * D) with inner products down a column.
#include "polybench/polybench.h"

static int A[NI][NK], B[NK][NJ], C[NJ][NM], D[NM][NL], E[NI][NJ], F[NJ][NL], G[NI][NL];

static KERNEL void three_products(void) {
  for (int i = 0; i < NI; i++)
    for (int j = 0; j < NJ; j++) {
      int sum = 0;
      for (int k = 0; k < NK; k++) sum += A[i][k] * B[k][j];
      E[i][j] = sum;
    }
  for (int i = 0; i < NJ; i++)
    for (int j = 0; j < NL; j++) {
      int sum = 0;
      for (int k = 0; k < NM; k++) sum += C[i][k] * D[k][j];
      F[i][j] = sum;
    }
  for (int i = 0; i < NI; i++)
    for (int j = 0; j < NL; j++) {
      int sum = 0;
      for (int k = 0; k < NJ; k++) sum += E[i][k] * F[k][j];
      G[i][j] = sum;
    }
}

int main(int argc, char** argv) {
  fill(&A[0][0], NI, NK, 1);
  fill(&B[0][0], NK, NJ, 2);
  fill(&C[0][0], NJ, NM, 3);
  fill(&D[0][0], NM, NL, 4);
  for (long r = repetitions(argc, argv); r > 0; r--) three_products();
  return print_checksum(fold_ints(CHECKSUM_START, &G[0][0], NI * NL));
}
