// Three-point average over the inner points, there and back, twenty times a repetition.
#include "polybench/polybench.h"

static int A[POINTS], B[POINTS];

// The two older points stay in registers, as the compiler of the timed programs kept them.
static void average(int* to, const int* from) {
  int before = from[0], at = from[1];
  for (int i = 1; i < POINTS - 1; i++) {
    int after = from[i + 1];
    to[i] = (before + at + after) / 3;
    before = at;
    at = after;
  }
}

static KERNEL void jacobi_1d(void) {
  for (int t = 0; t < STEPS; t++) {
    average(B, A);
    for (int i = 1; i < POINTS - 1; i++) A[i] = B[i];
  }
}

int main(int argc, char** argv) {
  for (int i = 0; i < POINTS; i++) A[i] = i * i * 977 % 100003;
  for (long r = repetitions(argc, argv); r > 0; r--) jacobi_1d();
  return print_checksum(fold_ints(CHECKSUM_START, A, POINTS));
}
