// What an interval of a run executes, as a place in few dimensions: close places, the same code.
//
// A basic-block vector has a dimension a block. A random projection keeps distances well enough, and 15
// dimensions do for all programs (Sherwood and others 2002).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace m2sim::timing {

// Of one interval: the instructions that were executed in a block.
struct BlockCount {
  std::uint64_t block;
  std::uint64_t insts;

  bool operator==(const BlockCount&) const = default;
};

inline constexpr std::size_t kDimensions = 15;
using Place = std::array<double, kDimensions>;

// The vector's parts of its sum count. The same seed projects all vectors of a run in the same way.
Place projected(std::span<const BlockCount> vector, std::uint64_t seed);

double squared_distance(const Place& one, const Place& other);

// The distance of two intervals that have all in common but for `part` of their instructions, which are in
// one block here and in one block there: about this.
double distance_of(double part);
double part_of(double distance);

}  // namespace m2sim::timing
