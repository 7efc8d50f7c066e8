// A program in memory, as its process and /proc know it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "emu/elf/elf.h"

namespace m2sim::emu {

// What is in memory now, and what the process and /proc need to know about it. Addresses are the guest's.
struct LoadedProgram {
  ElfImage image;  // the program; for a script its interpreter
  std::uint64_t bias = 0;
  std::uint64_t loader_base = 0;  // AT_BASE; 0: statically linked
  std::uint64_t entry_pc = 0;     // of the loader, if there is one
  std::uint64_t stack_pointer = 0;
  std::uint64_t stack_begin = 0;  // [stack_begin, stack_end)
  std::uint64_t stack_end = 0;
  std::uint64_t brk_start = 0;
  std::uint64_t sigreturn_address = 0;  // code that makes the system call rt_sigreturn
  // Where the strings of argv and envp lie: /proc/self/cmdline and environ show that memory.
  std::uint64_t arguments_begin = 0;
  std::uint64_t arguments_end = 0;
  std::uint64_t environment_begin = 0;
  std::uint64_t environment_end = 0;
  std::vector<std::byte> auxv;  // /proc/self/auxv
  std::string path;             // absolute, as the guest sees it: /proc/self/exe
  // That file, open on the host, whoever may pass the folders above and whatever becomes of its name; null:
  // the program was none.
  std::shared_ptr<const int> file;
  std::string comm;  // at most 15 characters: the file that was asked for, script or not
};

}  // namespace m2sim::emu
