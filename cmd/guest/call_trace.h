// What a guest asked its kernel for: line by line into a file, and as a table behind the run.
#pragma once

#include <string>

#include "emu/machine.h"

namespace m2sim::cmd {

// Lines go there until finish_trace; one file at a time. Throws UserError where it cannot be written, and
// where that would overwrite the program.
emu::LineSink trace_to(const std::string& path, const std::string& program);

// Behind the run: why the file is not whole; empty where it is, and where there is none.
std::string finish_trace();

// Most calls first.
std::string call_summary(emu::Machine& machine);

}  // namespace m2sim::cmd
