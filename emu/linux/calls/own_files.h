// Files whose bytes come from the emulated kernel itself and not from the host's descriptor.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <optional>
#include <span>

#include "emu/linux/process.h"

namespace m2sim::emu {

// What reading or writing such a file gives; empty: it is the host's. Without an offset it is the file's own
// position.
std::optional<std::int64_t> read_own(Process& process, OpenFile& file, std::span<const iovec> parts,
                                     std::optional<std::int64_t> offset);
std::optional<std::int64_t> write_own(Process& process, OpenFile& file, std::span<const iovec> parts,
                                      std::optional<std::int64_t> offset);

// As a debugger writes: private pages whatever their protection, shared ones where the process itself may.
// False: none, where it may not.
bool write_as_debugger(Memory& memory, std::uint64_t at, const std::byte* from, std::uint64_t size);

}  // namespace m2sim::emu
