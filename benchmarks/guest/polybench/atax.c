// y = A^T (A x): one sweep along the rows, one down the columns.
#include "polybench/polybench.h"

static int A[N][N], x[N], y[N], tmp[N];

static KERNEL void atax(void) {
  for (int i = 0; i < N; i++) {
    int sum = 0;
    for (int j = 0; j < N; j++) sum += A[i][j] * x[j];
    tmp[i] = sum;
  }
  for (int j = 0; j < N; j++) {
    int sum = 0;
    for (int i = 0; i < N; i++) sum += A[i][j] * tmp[i];
    y[j] = sum;
  }
}

int main(int argc, char** argv) {
  fill(&A[0][0], N, N, 1);
  fill(x, 1, N, 2);
  for (long r = repetitions(argc, argv); r > 0; r--) atax();
  return print_checksum(fold_ints(CHECKSUM_START, y, N));
}
