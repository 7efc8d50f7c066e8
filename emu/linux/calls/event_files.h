// Reading what the simulator itself makes readable.
#pragma once

#include <cstddef>
#include <cstdint>

#include "emu/linux/process.h"

namespace m2sim::emu {

// read(2) of a signalfd: takes signals off the caller's queues. Bytes, -errno or kBlocked.
std::int64_t read_signals(Process& process, OpenFile& file, std::byte* to, std::uint64_t room);

}  // namespace m2sim::emu
