// What calls that make something larger may do (RLIMIT_FSIZE, RLIMIT_AS, RLIMIT_DATA).
#pragma once

#include <cstdint>

#include "emu/linux/process.h"

namespace m2sim::emu {

// How many of `bytes` may be written to the file at `offset`; -EFBIG, and the caller has had its SIGXFSZ,
// where none may. Only regular files have a largest size.
std::int64_t allowed_bytes(Process& process, int host, std::int64_t offset, std::uint64_t bytes);
// The same for the file's own position.
std::int64_t allowed_bytes_here(Process& process, int host, std::uint64_t bytes);
// 0, or the same refusal: the file would be `size` bytes long.
std::int64_t check_size(Process& process, int host, std::int64_t size);

// It may have another size now: mappings of it show that.
void file_changed(const Process& process, int host);
// The same, and a part of it may be gone, with code that is mapped.
void file_cut(const Process& process, int host);

// Whether `more` bytes may be mapped in place of `replaced` ones; `data`: private and writable.
bool may_map(const Process& process, std::uint64_t more, std::uint64_t replaced, bool data);

}  // namespace m2sim::emu
