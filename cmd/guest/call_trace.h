// What a guest asked its kernel for: line by line into a file, and as a table behind the run.
#pragma once

#include <string>

#include "emu/machine.h"

namespace m2sim::cmd {

// Lines go there until the process ends; one file at a time. Throws UserError where it cannot be written.
emu::LineSink trace_to(const std::string& path);

// Most calls first.
std::string call_summary(emu::Machine& machine);

}  // namespace m2sim::cmd
