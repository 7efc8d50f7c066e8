/* The lattice-Boltzmann method, D3Q19 with one relaxation time: each cell's 19 densities and its kind lie
 * together (160 bytes), two grids, and a cell pushes what it collides to its neighbours: the layout, streams
 * and size of SPEC's lbm. */
#include <stdio.h>
#include <stdlib.h>

enum { kX = 100, kY = 100, kZ = 130, kDirections = 19, kCell = 20, kCells = kX * kY * kZ };

static const int kOpposite[kDirections] = {0, 2, 1, 4, 3, 6, 5, 10, 9, 8, 7, 14, 13, 12, 11, 18, 17, 16, 15};
static const double kOmega = 1.95;

static double weight(int direction) { return direction == 0 ? 1.0 / 3 : direction < 7 ? 1.0 / 18 : 1.0 / 36; }

/* The grid has two planes more at either end, so that pushes from the border stay inside. */
static double* new_grid(void) {
  double* grid = malloc(sizeof(double) * kCell * (kCells + 4 * kX * kY));
  grid += kCell * 2 * kX * kY;
  for (int cell = -2 * kX * kY; cell < kCells + 2 * kX * kY; ++cell) {
    for (int d = 0; d < kDirections; ++d) grid[cell * kCell + d] = weight(d);
    grid[cell * kCell + kDirections] = 0;
  }
  return grid;
}

static void build_walls(double* grid) {
  for (int z = 0; z < kZ; ++z)
    for (int y = 0; y < kY; ++y)
      for (int x = 0; x < kX; ++x) {
        const int dx = x % 25 - 12, dy = y % 25 - 12, dz = z % 26 - 13;
        const int wall = x == 0 || y == 0 || x == kX - 1 || y == kY - 1 || dx * dx + dy * dy + dz * dz < 36;
        const int lid = z == 2 || z == kZ - 3;
        grid[((z * kY + y) * kX + x) * kCell + kDirections] = wall ? 1 : lid ? -1 : 0;
      }
}

#define INDEX(dx, dy, dz) (((dz)*kY + (dy)) * kX + (dx))
#define EACH(DO)                                                                                        \
  DO(0, 0, 0, 0)                                                                                        \
  DO(1, 0, 1, 0) DO(2, 0, -1, 0) DO(3, 1, 0, 0) DO(4, -1, 0, 0) DO(5, 0, 0, 1) DO(6, 0, 0, -1)          \
      DO(7, 1, 1, 0) DO(8, -1, 1, 0) DO(9, 1, -1, 0) DO(10, -1, -1, 0) DO(11, 0, 1, 1) DO(12, 0, 1, -1) \
          DO(13, 0, -1, 1) DO(14, 0, -1, -1) DO(15, 1, 0, 1) DO(16, 1, 0, -1) DO(17, -1, 0, 1)          \
              DO(18, -1, 0, -1)

static void step(const double* restrict from, double* restrict to) {
  for (int i = 0; i < kCells; ++i) {
    const double* cell = from + (long)i * kCell;
    double* out = to + (long)i * kCell;
    if (cell[kDirections] > 0) {
#define BOUNCE(d, dx, dy, dz) out[INDEX(-(dx), -(dy), -(dz)) * kCell + kOpposite[d]] = cell[d];
      EACH(BOUNCE)
      continue;
    }
    double rho = 0, ux = 0, uy = 0, uz = 0;
#define MOMENT(d, dx, dy, dz) rho += cell[d], ux += (dx)*cell[d], uy += (dy)*cell[d], uz += (dz)*cell[d];
    EACH(MOMENT)
    ux /= rho, uy /= rho, uz /= rho;
    if (cell[kDirections] < 0) ux = 0.005, uy = 0.002, uz = 0;
    const double square = 1.5 * (ux * ux + uy * uy + uz * uz);
#define COLLIDE(d, dx, dy, dz)                                                      \
  {                                                                                 \
    const double along = (dx)*ux + (dy)*uy + (dz)*uz;                               \
    const double even = weight(d) * rho * (1 - square + along * (3 + 4.5 * along)); \
    out[INDEX(dx, dy, dz) * kCell + (d)] = (1 - kOmega) * cell[d] + kOmega * even;  \
  }
    EACH(COLLIDE)
  }
}

int main(void) {
  double* a = new_grid();
  double* b = new_grid();
  build_walls(a);
  build_walls(b);
  for (int i = 0; i < 6; ++i) {
    step(a, b);
    double* other = a;
    a = b;
    b = other;
  }
  double sum = 0;
  for (long i = 0; i < kCells; ++i) sum += a[i * kCell + 3];
  printf("%.6f\n", sum);
  return 0;
}
