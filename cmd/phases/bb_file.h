// Basic-block vectors as SimPoint, Valgrind's exp-bbv and gem5 write them: a line an interval,
// "T:block:instructions" and then " :block:instructions" for each further block. A block's count is how often
// it was entered times the instructions that it has.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "timing/phases/projection.h"

namespace m2sim::cmd {

std::string bb_line(std::span<const timing::BlockCount> vector);

// Throws UserError, with file and line, for what is no such file.
void read_bb_file(const std::string& path,
                  const std::function<void(const std::vector<timing::BlockCount>& vector)>& interval);

}  // namespace m2sim::cmd
