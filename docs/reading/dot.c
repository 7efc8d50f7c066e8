#include <stdio.h>

enum { kCount = 4096, kRounds = 400 };

static double x[kCount], y[kCount];

static void fill(unsigned seed) {
  for (int i = 0; i < kCount; ++i) {
    seed = seed * 1664525U + 1013904223U;
    x[i] = seed >> 16;
    y[i] = seed & 0xffff;
  }
}

__attribute__((noinline)) double dot(const double* a, const double* b, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

int main(void) {
  double total = 0;
  for (int round = 0; round < kRounds; ++round) {
    fill(round);
    total += dot(x, y, kCount);
  }
  printf("%.0f\n", total);
  return 0;
}
