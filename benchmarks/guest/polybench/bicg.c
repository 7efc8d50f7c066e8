// s = A^T r and q = A p in one sweep: s is updated in memory, q in a register.
#include "polybench/polybench.h"

static int A[N][N], s[N], q[N], p[N], r[N];

static KERNEL void bicg(void) {
  for (int i = 0; i < N; i++) s[i] = 0;
  for (int i = 0; i < N; i++) {
    int sum = 0;
    for (int j = 0; j < N; j++) {
      s[j] += r[i] * A[i][j];
      sum += A[i][j] * p[j];
    }
    q[i] = sum;
  }
}

int main(int argc, char** argv) {
  fill(&A[0][0], N, N, 1);
  fill(p, 1, N, 2);
  fill(r, 1, N, 3);
  for (long n = repetitions(argc, argv); n > 0; n--) bicg();
  return print_checksum(fold_ints(fold_ints(CHECKSUM_START, s, N), q, N));
}
