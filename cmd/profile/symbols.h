// Names for the code addresses of this very process: its own functions and those of its libraries.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace m2sim::cmd {

// The functions of one ELF file (64-bit, of the host's byte order), by address as linked.
class FunctionTable {
 public:
  // Reads .symtab; where that was stripped, that of its debug file, or .dynsym. A file that cannot be read
  // has no functions.
  explicit FunctionTable(const std::string& path);

  struct Entry {
    std::uint64_t address;
    std::uint64_t size;  // 0: up to the next
    std::string name;    // as linked, mangled
  };
  const Entry* find(std::uint64_t address) const;  // null where no function is
  std::uint64_t address_of_offset(std::uint64_t file_offset) const;
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  struct Segment {
    std::uint64_t offset;
    std::uint64_t size;
    std::uint64_t address;
  };
  std::vector<Segment> segments_;
  std::vector<Entry> entries_;
};

// The file of an address in no mapping: there is machine code of blocks, made in a process of its own
// (emu/jit).
inline constexpr std::string_view kMachineCode = "[machine code of blocks]";

struct Place {
  std::string file;           // "/usr/bin/m2sim", "[vdso]"
  std::string symbol;         // demangled, in full; empty where there is none
  std::uint64_t address = 0;  // of the function, as linked
};

// The executable mappings that a text in the format of /proc/PID/maps names.
class AddressSpace {
 public:
  explicit AddressSpace(std::string_view maps);

  Place place_of(std::uint64_t pc) const;  // reads each file once; not for several threads

 private:
  struct Mapping {
    std::uint64_t begin;
    std::uint64_t end;
    std::uint64_t offset;
    std::string file;
  };
  std::vector<Mapping> mappings_;
  mutable std::map<std::string, FunctionTable> tables_;
};

// For reading: our own namespaces, argument types and the inside of lambdas are left out.
// "m2sim::emu::Uop const* m2sim::emu::plain_handler<m2sim::emu::(anonymous namespace)::add::{lambda…}{},
// unsigned long>(…)" becomes "plain_handler<add, unsigned long>".
std::string short_name(std::string_view symbol);

}  // namespace m2sim::cmd
