// Resource limits of the guest, as a user writes them.
#pragma once

#include <string>
#include <vector>

#include "emu/linux/resource_limits.h"

namespace m2sim::cmd {

// Each "NAME=SOFT" or "NAME=SOFT:HARD", with K, M or G (of 1024) or "unlimited"; the rest is what Linux
// starts with. Throws UserError for what is neither.
emu::ResourceLimits resource_limits(const std::vector<std::string>& given);

}  // namespace m2sim::cmd
