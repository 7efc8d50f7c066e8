// Particles in a box, step by step: moved, sorted into cells, pushed by their neighbours, and added up; now and then
// they are sorted by energy and written down as text.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kParticles = 24000, kCells = 48, kAll = kCells * kCells };

struct Particle {
  double x, y, vx, vy, energy;
};

static struct Particle particles[kParticles], moved[kParticles];
static int first[kAll + 1];
static char text[kParticles * 24];
static unsigned seed = 12345;

static double number(void) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) / 16777216.0;
}

static int cell_of(const struct Particle *p) {
  const int x = (int)(p->x * kCells), y = (int)(p->y * kCells);
  return (y < 0 ? 0 : y >= kCells ? kCells - 1 : y) * kCells + (x < 0 ? 0 : x >= kCells ? kCells - 1 : x);
}

static void move(double step) {
  for (int i = 0; i < kParticles; ++i) {
    struct Particle *p = &particles[i];
    p->x += p->vx * step;
    p->y += p->vy * step;
    if (p->x < 0 || p->x > 1) p->vx = -p->vx;
    if (p->y < 0 || p->y > 1) p->vy = -p->vy;
  }
}

static void sort_into_cells(void) {
  memset(first, 0, sizeof first);
  for (int i = 0; i < kParticles; ++i) ++first[cell_of(&particles[i]) + 1];
  for (int i = 0; i < kAll; ++i) first[i + 1] += first[i];
  static int at[kAll];
  memcpy(at, first, sizeof at);
  for (int i = 0; i < kParticles; ++i) moved[at[cell_of(&particles[i])]++] = particles[i];
  memcpy(particles, moved, sizeof particles);
}

static void push(void) {
  const double reach = 1.0 / kCells;
  for (int cell = 0; cell < kAll; ++cell)
    for (int i = first[cell]; i < first[cell + 1]; ++i)
      for (int j = i + 1; j < first[cell + 1]; ++j) {
        const double dx = particles[i].x - particles[j].x, dy = particles[i].y - particles[j].y;
        const double square = dx * dx + dy * dy;
        if (square > reach * reach / 4 || square == 0) continue;
        const double force = 1e-6 / sqrt(square);
        particles[i].vx += dx * force, particles[i].vy += dy * force;
        particles[j].vx -= dx * force, particles[j].vy -= dy * force;
      }
}

static double add_up(void) {
  double sum = 0;
  for (int i = 0; i < kParticles; ++i) {
    struct Particle *p = &particles[i];
    p->energy = p->vx * p->vx + p->vy * p->vy;
    sum += p->energy;
  }
  return sum;
}

static int by_energy(const void *x, const void *y) {
  const double one = ((const struct Particle *)x)->energy, other = ((const struct Particle *)y)->energy;
  return (one > other) - (one < other);
}

static unsigned write_down(void) {
  memcpy(moved, particles, sizeof moved);
  qsort(moved, kParticles, sizeof *moved, by_energy);
  char *end = text;
  for (int i = 0; i < kParticles / 4; ++i) end += sprintf(end, "%.4f %.4f\n", moved[i].x, moved[i].y);
  unsigned hash = 5381;
  for (const char *c = text; c != end; ++c) hash = hash * 33 + (unsigned char)*c;
  return hash;
}

int main(int argc, char **argv) {
  const int steps = argc > 1 ? atoi(argv[1]) : 60;
  for (int i = 0; i < kParticles; ++i)
    particles[i] = (struct Particle){number(), number(), number() - 0.5, number() - 0.5, 0};
  double sum = 0;
  unsigned hash = 0;
  for (int step = 0; step < steps; ++step) {
    move(0.002);
    sort_into_cells();
    for (int i = 0; i < 4; ++i) push();
    sum += add_up();
    if (step % 12 == 11) hash ^= write_down();
  }
  printf("%.3f %u\n", sum, hash);
  return 0;
}
