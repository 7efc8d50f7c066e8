// Gravitation among five bodies, semi-implicit Euler: square roots and divisions on the critical path.
#include <math.h>

#include "support/benchmark.h"

enum { BODIES = 5 };
struct body {
  double position[3], velocity[3], mass;
};
static struct body bodies[BODIES];

static KERNEL void advance(double step) {
  for (int i = 0; i < BODIES; i++)
    for (int j = i + 1; j < BODIES; j++) {
      double d[3], square = 0.01;
      for (int k = 0; k < 3; k++) {
        d[k] = bodies[i].position[k] - bodies[j].position[k];
        square += d[k] * d[k];
      }
      double pull = step / (square * sqrt(square));
      for (int k = 0; k < 3; k++) {
        bodies[i].velocity[k] -= d[k] * bodies[j].mass * pull;
        bodies[j].velocity[k] += d[k] * bodies[i].mass * pull;
      }
    }
  for (int i = 0; i < BODIES; i++)
    for (int k = 0; k < 3; k++) bodies[i].position[k] += step * bodies[i].velocity[k];
}

int main(int argc, char** argv) {
  uint64_t state = 1, sum = CHECKSUM_START;
  for (int i = 0; i < BODIES; i++) {
    bodies[i].mass = 1.0 / (i + 1);
    for (int k = 0; k < 3; k++) {
      bodies[i].position[k] = (double)(next_random(&state) >> 40) / 1048576.0;
      bodies[i].velocity[k] = (double)(next_random(&state) >> 40) / 16777216.0 - 0.5;
    }
  }
  for (long r = repetitions(argc, argv); r > 0; r--) advance(0.01);
  for (int i = 0; i < BODIES; i++)
    for (int k = 0; k < 3; k++) sum = fold_double(sum, bodies[i].position[k]);
  return print_checksum(sum);
}
