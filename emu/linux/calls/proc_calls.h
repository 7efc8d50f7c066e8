// System calls on the files of proc_files.h.
#pragma once

#include <fcntl.h>

#include <cstdint>
#include <string>

#include "emu/linux/files/proc_files.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

// A descriptor, or -errno; `flags` are the host's.
std::int64_t open_made_up(Process& process, const std::string& path, int flags);
// getdents64 of an open directory: bytes, or -errno.
std::int64_t list_made_up(const Process& process, const OpenFile& directory, std::uint64_t to,
                          std::uint32_t most);
// faccessat: 0 or -errno.
std::int64_t access_made_up(const Process& process, const std::string& path, int mode);
std::int64_t stat_made_up(const Process& process, const std::string& path, struct stat& status);
struct statx extended_status(const struct stat& status);

}  // namespace m2sim::emu
