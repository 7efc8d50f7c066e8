#include "timing/phases/projection.h"

#include <cmath>

#include "timing/phases/random.h"

namespace m2sim::timing {
namespace {

// Squared, of a block's row: numbers between -1 and 1 have a mean square of a third.
constexpr double kRowSquare = static_cast<double>(kDimensions) / 3;

}  // namespace

Place projected(std::span<const BlockCount> vector, std::uint64_t seed) {
  double sum = 0;
  for (const BlockCount& count : vector) sum += static_cast<double>(count.insts);
  Place place{};
  if (sum == 0) return place;
  for (const BlockCount& count : vector) {
    Random row(Random(seed ^ count.block).next());
    const double part = static_cast<double>(count.insts) / sum;
    for (double& coordinate : place) coordinate += part * (2 * row.real() - 1);
  }
  return place;
}

double squared_distance(const Place& one, const Place& other) {
  double sum = 0;
  for (std::size_t i = 0; i < kDimensions; ++i) sum += (one[i] - other[i]) * (one[i] - other[i]);
  return sum;
}

double distance_of(double part) { return part * std::sqrt(2 * kRowSquare); }
double part_of(double distance) { return distance / std::sqrt(2 * kRowSquare); }

}  // namespace m2sim::timing
