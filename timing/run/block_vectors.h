// Basic-block vectors of a run: what each interval of it executes.
#pragma once

#include <cstdint>
#include <span>

#include "timing/phases/projection.h"

namespace m2sim::timing {

class VectorReader {
 public:
  virtual ~VectorReader() = default;
  // In the order of the run: an interval's blocks by number, from 1 on in the order in which they were first
  // decoded, and the instructions that it has. A block that two intervals share belongs to the later one.
  virtual void read(std::span<const BlockCount> vector, std::uint64_t insts) = 0;
};

struct VectorPlan {
  std::uint64_t interval_size;  // in instructions; the last interval may be shorter
  VectorReader* reader;
};

}  // namespace m2sim::timing
