// What a program needs besides itself: its loader and its libraries, found as the loader would find them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "emu/elf/dynamic.h"
#include "emu/elf/elf.h"

namespace m2sim::cmd {

struct ProgramFile {
  enum class Role { kProgram, kLoader, kLibrary };
  Role role;
  std::string name;    // as the guest sees it; of the program as it was given
  std::size_t parent;  // index of the file that needs it; its own for the program
  emu::ElfImage image;
  emu::DynamicSection dynamic;
};

struct MissingFile {
  std::string name;  // as it is asked for
  std::string needed_by;
  std::string why;
};

struct ProgramFiles {
  std::vector<ProgramFile> files;  // the program, its loader, then libraries in the order they are loaded
  std::vector<MissingFile> missing;
};

// Follows the first line of a script to its interpreter, and DT_NEEDED as glibc's loader does without
// LD_LIBRARY_PATH (ld.so(8)): rpath, runpath, ld.so.cache, the system's folders; or as musl's does. Names are
// resolved as m2sim run --sysroot resolves them. Throws UserError when the program itself cannot be used.
ProgramFiles find_program_files(const std::string& program, const std::string& sysroot);

}  // namespace m2sim::cmd
