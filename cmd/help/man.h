// Manual pages, as roff with the man macros.
#pragma once

#include <string>

#include "cmd/help/tree.h"

namespace m2sim::cmd {

// "m2sim-calibrate-fit".
std::string man_name(const CommandInfo& command);
std::string man_page(const CommandInfo& root, const CommandInfo& command);

}  // namespace m2sim::cmd
