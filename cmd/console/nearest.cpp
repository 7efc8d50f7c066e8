#include "cmd/console/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <vector>

namespace m2sim::cmd {

unsigned edit_distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<unsigned> cost((a.size() + 1) * width);
  const auto at = [&](std::size_t i, std::size_t j) -> unsigned& { return cost[i * width + j]; };
  for (std::size_t i = 0; i <= a.size(); ++i) at(i, 0) = static_cast<unsigned>(i);
  for (std::size_t j = 0; j <= b.size(); ++j) at(0, j) = static_cast<unsigned>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const unsigned replaced = at(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0U : 1U);
      unsigned best = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) best = std::min(best, at(i - 2, j - 2) + 1);
      at(i, j) = best;
    }
  }
  return at(a.size(), b.size());
}

std::string nearest(std::string_view name, std::span<const std::string> candidates) {
  unsigned best = UINT_MAX;
  std::string found;
  for (const std::string& candidate : candidates) {
    const unsigned distance = edit_distance(name, candidate);
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  const std::string found = nearest(name, candidates);
  if (found.empty()) return "";
  return fmt::format("; did you mean '{}'?", found);
}

}  // namespace m2sim::cmd
