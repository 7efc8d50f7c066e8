#include "timing/crack/uop.h"

#include <algorithm>

#include "timing/config/config.h"

namespace m2sim::timing {

Resources initial_resources(const CoreConfig& config) {
  const auto lane = [](std::uint32_t count) {
    return std::uint64_t{std::clamp<std::uint32_t>(count, 8, 32767)};
  };
  return lane(config.rob.rename_entries) * kRenameEntry + lane(config.prf.integer) * kIntRegister +
         lane(config.prf.fp) * kFpRegister + lane(config.prf.flags) * kFlagRegister;
}

}  // namespace m2sim::timing
