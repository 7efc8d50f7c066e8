// One line a system call, in the format of strace(1).
#pragma once

#include <cstdint>
#include <string>

#include "emu/linux/process.h"

namespace m2sim::emu {

// Called after the call, so that buffers it filled can be shown.
std::string strace_line(const Process& process, std::uint64_t number, const Args& args, std::int64_t result);

}  // namespace m2sim::emu
