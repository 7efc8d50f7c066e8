// Loading a program into an empty address space, as Linux's execve does: scripts, the ELF file, its loader
// (PT_INTERP), the stack. The same for the program of the command line and for every later execve.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "emu/elf.h"
#include "emu/guest_paths.h"
#include "emu/memory.h"

namespace m2sim::emu {

struct Kernel;

struct LoadRequest {
  HostPath file;     // the program, resolved
  std::string name;  // as the caller named it: AT_EXECFN, the argument of a script's interpreter, messages
  std::vector<std::string> argv;
  std::vector<std::string> envp;
  std::uint64_t random[2] = {};  // AT_RANDOM's 16 bytes
  bool needs_execute = true;     // without execute permission: EACCES, as execve has it
};

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
  std::string comm;             // at most 15 characters: the file that was asked for, script or not
};

// `error` is the positive errno of execve; message and status are what a user is told.
struct LoadFailure {
  int error;
  int exit_status;
  std::string message;  // as UserError's
};

// `memory` is empty; after a failure its contents are undefined. Every address in the result depends on the
// program, its loader and the request alone, never on the host.
std::variant<LoadedProgram, LoadFailure> load_program(const LoadRequest& request, const Kernel& kernel,
                                                      Memory& memory);

// The program of the command line, by a guest name: a file of the sysroot if there is one of that name, else
// a file of the host. Throws UserError.
LoadedProgram load_first_program(LoadRequest request, const Kernel& kernel, Memory& memory);

}  // namespace m2sim::emu
