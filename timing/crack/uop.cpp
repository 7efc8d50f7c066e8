#include "timing/crack/uop.h"

#include "timing/config/bounds.h"
#include "timing/config/config.h"

namespace m2sim::timing {

static_assert(Bounds<RobConfig>::rename_entries.max <= kResourceMax &&
              Bounds<RobConfig>::branches.max <= kResourceMax &&
              Bounds<PrfConfig>::integer.max <= kResourceMax && Bounds<PrfConfig>::fp.max <= kResourceMax &&
              Bounds<PrfConfig>::flags.max <= kResourceMax);

Resources initial_resources(const CoreConfig& config) {
  return config.rob.rename_entries * kRenameEntry + config.prf.integer * kIntRegister +
         config.prf.fp * kFpRegister + config.prf.flags * kFlagRegister + config.rob.branches * kBranchEntry;
}

}  // namespace m2sim::timing
