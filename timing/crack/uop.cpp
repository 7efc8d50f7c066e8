#include "timing/crack/uop.h"

#include "timing/config/bounds.h"
#include "timing/config/config.h"

namespace m2sim::timing {

constexpr std::uint32_t kLaneMax = 0x7FFF;
static_assert(Bounds<RobConfig>::rename_entries.max <= kLaneMax &&
              Bounds<PrfConfig>::integer.max <= kLaneMax && Bounds<PrfConfig>::fp.max <= kLaneMax &&
              Bounds<PrfConfig>::flags.max <= kLaneMax);

Resources initial_resources(const CoreConfig& config) {
  return config.rob.rename_entries * kRenameEntry + config.prf.integer * kIntRegister +
         config.prf.fp * kFpRegister + config.prf.flags * kFlagRegister;
}

}  // namespace m2sim::timing
