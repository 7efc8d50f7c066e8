// Some of many, at random.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "timing/phases/random.h"

namespace m2sim::timing {

// `count` of them, or all, sorted.
inline std::vector<std::size_t> drawn(std::vector<std::size_t> from, std::size_t count, Random& random) {
  count = std::min(count, from.size());
  for (std::size_t i = 0; i < count; ++i) std::swap(from[i], from[i + random.below(from.size() - i)]);
  from.resize(count);
  std::sort(from.begin(), from.end());
  return from;
}

}  // namespace m2sim::timing
