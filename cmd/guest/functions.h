// The functions that a file names, and which of them a user means.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emu/elf/elf.h"

namespace m2sim::cmd {

struct GuestFunction {
  std::uint64_t address;  // as linked
  std::string name;
  bool indirect;  // STT_GNU_IFUNC: the address is its resolver's
};

std::vector<GuestFunction> functions_of(const emu::ElfImage& image);

// Of C++ as its source has it.
std::string readable_name(const std::string& name);

struct FoundFunction {
  const GuestFunction* function = nullptr;  // null: there is none
  const GuestFunction* other = nullptr;     // not null: this one may be meant as well
};

// By its name as linked or as in the source; "add" is also "add(int, int)", as long as it is only one.
FoundFunction find_function(std::string_view name, std::span<const GuestFunction> functions);

// The one that is meant. Throws UserError: there is none in `file`, or several.
const GuestFunction& required(std::string_view name, std::span<const GuestFunction> functions,
                              const std::string& file);

// For did_you_mean(), without parameters.
std::vector<std::string> names_of(std::span<const GuestFunction> functions);

}  // namespace m2sim::cmd
