#include "calibration/structures/trial.h"

#include <cmath>
#include <numeric>
#include <utility>

namespace m2sim::calibration {

std::vector<std::uint64_t> every(std::uint64_t step, std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> grid;
  for (std::uint64_t x = from; x < to; x += step) grid.push_back(x);
  grid.push_back(to);
  return grid;
}

std::vector<std::uint64_t> octaves(std::uint64_t from, std::uint64_t to, unsigned points_an_octave) {
  std::vector<std::uint64_t> grid;
  for (unsigned i = 0;; ++i) {
    const double x = static_cast<double>(from) * std::exp2(static_cast<double>(i) / points_an_octave);
    const auto rounded = static_cast<std::uint64_t>(std::llround(x));
    if (rounded >= to) break;
    if (grid.empty() || rounded > grid.back()) grid.push_back(rounded);
  }
  grid.push_back(to);
  return grid;
}

std::uint64_t Random::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::uint64_t Random::below(std::uint64_t bound) { return next() % bound; }

std::vector<std::uint64_t> shuffled(std::uint64_t n, Random& random) {
  std::vector<std::uint64_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  for (std::uint64_t i = n; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

}  // namespace m2sim::calibration
