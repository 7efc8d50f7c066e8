// Reads AArch64 ELF programs. Whatever the bytes are: a usable program or one clear UserError.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "emu/elf/format.h"
#include "emu/memory/memory.h"

namespace m2sim::emu {

struct Segment {
  std::uint64_t address;  // as linked; the load bias is not in it
  std::uint64_t memory_size;
  std::uint64_t file_offset;
  std::uint64_t file_size;  // at most memory_size, and inside the file
  std::uint8_t protection;

  std::uint64_t end() const { return address + memory_size; }
};

// A checked program file. Segments are in address order, do not overlap and do not wrap around.
struct ElfImage {
  std::string path;  // for messages and symbols
  std::vector<std::byte> bytes;
  std::vector<Segment> segments;
  std::uint64_t entry = 0;  // inside an executable segment, a multiple of 4
  std::uint64_t phdr_offset = 0;
  std::uint16_t phdr_count = 0;
  std::uint64_t phdr_address = 0;  // as linked; 0 when no segment holds the program headers
  bool position_independent = false;
  bool executable_stack = false;
  std::string interpreter;  // PT_INTERP, printable; empty for static programs

  std::uint64_t begin() const { return segments.front().address; }
  std::uint64_t end() const { return segments.back().end(); }
};

inline constexpr std::uint16_t kElfPhdrSize = 56;

// What a file is read for: a program and its interpreter have an entry point, a library needs none.
enum class ElfUse : std::uint8_t { kProgram, kLibrary };

// Throws UserError: 127 when there is no such file, 126 when it is not a program m2sim can run. Only regular
// files are opened, and no memory is taken for a file before its header is right.
ElfImage read_elf(const std::string& path, ElfUse use = ElfUse::kProgram);
ElfImage parse_elf(std::string path, std::vector<std::byte> bytes, ElfUse use = ElfUse::kProgram);

// As many section headers as the file has whole; none is no error.
std::vector<ElfSection> section_headers(const ElfImage& image);

// Maps the segments at their linked address + bias. Throws UserError 126 when they do not fit.
void load_elf(const ElfImage& image, std::uint64_t bias, Memory& memory);

}  // namespace m2sim::emu
