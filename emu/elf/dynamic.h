// What a dynamically linked file asks its loader for (System V gABI, "Dynamic Linking").
#pragma once

#include <string>
#include <vector>

#include "emu/elf/elf.h"

namespace m2sim::emu {

struct DynamicSection {
  std::vector<std::string> needed;  // DT_NEEDED, in order
  std::string soname;
  // Folders between colons, $ORIGIN and its like unexpanded. With a runpath, loaders ignore the rpath.
  std::string rpath;
  std::string runpath;
  bool has_runpath = false;
};

// Empty for a static program. Entries that lie outside the file are left out: that is never an error.
DynamicSection read_dynamic(const ElfImage& image);

}  // namespace m2sim::emu
