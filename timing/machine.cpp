#include "timing/machine.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace m2sim::timing {

Resources initial_resources(const CoreConfig& config) {
  const auto lane = [](std::uint32_t count) {
    return std::uint64_t{std::clamp<std::uint32_t>(count, 8, 32767)};
  };
  return lane(config.rob.rename_entries) * kRenameEntry + lane(config.prf.integer) * kIntRegister +
         lane(config.prf.fp) * kFpRegister + lane(config.prf.flags) * kFlagRegister;
}

std::uint32_t fetch_capacity(const CoreConfig& config) {
  const std::uint32_t in_pipe = config.decode.pipeline_cycles * config.decode.width;
  const std::uint32_t wanted = in_pipe + config.fetch.queue_instructions;
  return std::clamp<std::uint32_t>(wanted, config.fetch.instructions_per_cycle, 255);
}

std::array<unsigned, kPortCount> ports_by_speciality(const CoreConfig& config) {
  std::array<unsigned, kPortCount> order{};
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&config](unsigned a, unsigned b) {
    return std::popcount(config.ports[a].capabilities) < std::popcount(config.ports[b].capabilities);
  });
  return order;
}

}  // namespace m2sim::timing
