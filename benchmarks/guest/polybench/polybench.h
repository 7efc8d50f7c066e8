// The sizes at which the kernels were timed on hardware: the SMALL data sets, 32-bit integers.
#ifndef POLYBENCH_H
#define POLYBENCH_H

#include "support/benchmark.h"

#ifndef DIMENSION
enum { NI = 60, NJ = 70, NK = 80, NL = 90, NM = 100 };  // gemm, 2mm, 3mm
enum { N = 80 };                                        // atax, bicg, mvt
enum { POINTS = 120, STEPS = 20 };                      // jacobi-1d
#else  // m2sim calibrate scaling: all of them alike
enum { NI = DIMENSION, NJ = DIMENSION, NK = DIMENSION, NL = DIMENSION, NM = DIMENSION };
enum { N = DIMENSION };
enum { POINTS = DIMENSION, STEPS = 20 };
#endif

// Unsigned elements would be 32-bit all the same; ints that overflow are made to wrap by -fwrapv.
static inline void fill(int* values, int rows, int columns, int salt) {
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) values[i * columns + j] = (i * (j + salt) + salt) & 127;
}

#endif
