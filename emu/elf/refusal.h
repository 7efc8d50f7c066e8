// What the readers of ELF files share: how they say no.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "emu/elf/format.h"

namespace m2sim::emu {

// Throws UserError, kNotExecutable: "PATH: why".
[[noreturn]] void refuse_elf(const std::string& path, const std::string& why);

std::string hex(std::uint64_t value);  // "0x1c"

inline bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// The file header, after what can be said by it alone; `bytes` are the file's first ones, 64 will do.
ElfHeader checked_header(const std::string& path, std::span<const std::byte> bytes, std::uint64_t file_size);

}  // namespace m2sim::emu
