#include "timing/run/windows.h"

#include <variant>

namespace m2sim::timing {
namespace {

// The step of a derivative, as a part of the run.
constexpr double kStep = 1.0 / 16;

double number(const StatValue& value) {
  return std::visit([](auto v) { return static_cast<double>(v); }, value);
}

}  // namespace

std::vector<double> influence(const StatsEstimate& sum, std::span<const StatValue> all, std::uint64_t insts,
                              const TimingStats& window) {
  StatsEstimate more = sum;
  more.scale(1 - kStep);
  more.add(window, kStep * static_cast<double>(insts) / static_cast<double>(window.core.insts));
  const std::vector<StatValue> moved = values(more.rounded());
  std::vector<double> moves;
  moves.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) moves.push_back((number(moved[i]) - number(all[i])) / kStep);
  return moves;
}

}  // namespace m2sim::timing
