// The options of prctl that are about capabilities.
#pragma once

#include <cstdint>
#include <optional>

#include "emu/linux/process.h"

namespace m2sim::emu::sys {

// What prctl returns; nothing where it is another option.
std::optional<std::int64_t> capability_option(Process& process, const Args& args);

}  // namespace m2sim::emu::sys
