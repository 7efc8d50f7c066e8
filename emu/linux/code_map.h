// Which files a process's code comes from: what its program counters mean when it has long ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace m2sim::emu {

struct AddressSpace;

// Executable memory. Of a file: the host's path of it, and where its addresses, as linked, begin (programs
// and their loaders) or where in the file the range does (what mmap maps). Else a name in brackets, or none.
struct MappedCode {
  std::uint64_t begin;
  std::uint64_t end;
  std::string path;
  std::optional<std::uint64_t> bias;
  std::uint64_t file_offset;

  bool is_file() const { return path.starts_with("/"); }
};

// What mmap has mapped executable of a file, at the time.
struct FileCode {
  std::uint64_t family;  // AddressSpace::family
  std::uint64_t begin;
  std::uint64_t end;
  std::string path;  // the host's
  std::uint64_t file_offset;
};

struct ExecutableMap {
  std::uint64_t space;  // Block::space
  std::vector<MappedCode> ranges;
};

ExecutableMap code_map_of(const AddressSpace& space);

}  // namespace m2sim::emu
