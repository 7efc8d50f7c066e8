// x1 += A y1 along the rows, x2 += A^T y2 down the columns. Neither is reset between repetitions.
#include "polybench/polybench.h"

static int A[N][N], x1[N], x2[N], y1[N], y2[N];

static KERNEL void mvt(void) {
  for (int i = 0; i < N; i++) {
    int sum = x1[i];
    for (int j = 0; j < N; j++) sum += A[i][j] * y1[j];
    x1[i] = sum;
  }
  for (int i = 0; i < N; i++) {
    int sum = x2[i];
    for (int j = 0; j < N; j++) sum += A[j][i] * y2[j];
    x2[i] = sum;
  }
}

int main(int argc, char** argv) {
  fill(&A[0][0], N, N, 1);
  fill(x1, 1, N, 2);
  fill(x2, 1, N, 3);
  fill(y1, 1, N, 4);
  fill(y2, 1, N, 5);
  for (long r = repetitions(argc, argv); r > 0; r--) mvt();
  return print_checksum(fold_ints(fold_ints(CHECKSUM_START, x1, N), x2, N));
}
