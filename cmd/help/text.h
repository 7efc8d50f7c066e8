// What --help prints.
#pragma once

#include <string>

#include "cmd/help/tree.h"

namespace m2sim::cmd {

// Lines of at most `width` columns, as far as there are blanks to break them at.
std::string help_text(const CommandInfo& command, unsigned width);

}  // namespace m2sim::cmd
