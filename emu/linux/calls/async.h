// Signals for files that become ready: the calls.
#pragma once

#include <cstdint>

#include "emu/linux/process.h"

namespace m2sim::emu {

// O_ASYNC, for an open descriptor.
void set_async(Process& process, int guest_fd, bool on);
// fcntl's F_SETOWN, F_SETSIG and their relatives.
std::int64_t async_command(Process& process, int guest_fd, int command, std::uint64_t argument);

}  // namespace m2sim::emu
