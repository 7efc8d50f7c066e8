// Registers of a stopped thread, as its tracer sees and sets them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "emu/linux/tracing.h"

namespace m2sim::emu {

// Register sets of ptrace (NT_*): its size, 0 where there is none; and its bytes.
std::size_t register_set_size(std::uint32_t set);
void read_register_set(const Task& task, std::uint32_t set, std::byte* to);
// The first `size` bytes of it; false: what may not be.
bool write_register_set(Task& task, std::uint32_t set, const std::byte* from, std::size_t size);
// Where the thread is: of one that waits in a call, at the instruction that made it.
std::uint64_t traced_pc(const Task& task);

}  // namespace m2sim::emu
