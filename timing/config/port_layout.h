// Figures that both timing models derive from the configuration.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "timing/config/config.h"

namespace m2sim::timing {

// The ports behind each dispatch queue, the most specialised first.
inline constexpr unsigned kPortsPerQueue = 4;
struct QueuePorts {
  std::array<std::uint8_t, kPortsPerQueue> port{};  // its number
  unsigned count = 0;

  // Bit i: port[i] is in `ports`, a mask of port numbers.
  unsigned local(std::uint32_t ports) const {
    unsigned mask = 0;
    for (unsigned i = 0; i < count; ++i) mask |= (ports >> port[i] & 1U) << i;
    return mask;
  }
};
using QueueLayout = std::array<QueuePorts, kMaxDispatchQueues>;
QueueLayout queue_layout(const CoreConfig& config);  // throws std::length_error: more than four ports a queue

// Port numbers, those with the fewest capabilities first: an operation that several ports could execute
// takes the most specialised free one.
std::vector<unsigned> ports_by_speciality(const CoreConfig& config);

}  // namespace m2sim::timing
