// Which of a file's bytes are instructions.
#pragma once

#include <cstdint>
#include <vector>

#include "emu/elf/elf.h"

namespace m2sim::emu {

struct CodeRange {
  std::uint64_t address;  // as linked, a multiple of 4
  std::uint64_t file_offset;
  std::uint64_t size;  // in bytes, a multiple of 4, inside the file
  // Mapping symbols say that these are instructions; without them data may lie in between (literals, tables).
  bool marked;
};

struct CodeMap {
  std::vector<CodeRange> ranges;  // by address, disjoint
  std::uint64_t data_bytes = 0;   // of the same sections, but marked as data
};

// The executable sections, or the executable segments of a file without section headers; where there are
// mapping symbols ($x, $d), only what they say is code.
CodeMap code_map(const ElfImage& image);

}  // namespace m2sim::emu
