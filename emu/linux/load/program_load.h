// Loading a program into an empty address space, as Linux's execve does: scripts, the ELF file, its loader
// (PT_INTERP), the stack. The same for the program of the command line and for every later execve.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "emu/linux/guest_paths.h"
#include "emu/linux/loaded_program.h"
#include "emu/memory/memory.h"
#include "emu/user_error.h"

namespace m2sim::emu {

struct Process;

struct LoadRequest {
  HostPath file;                       // the program, resolved
  std::span<const std::byte> image{};  // not empty: the program itself, in place of a file
  std::string name;  // as the caller named it: AT_EXECFN, the argument of a script's interpreter, messages
  std::vector<std::string> argv;
  std::vector<std::string> envp;
  std::uint64_t random[2] = {};  // AT_RANDOM's 16 bytes
  bool needs_execute = true;     // without execute permission: EACCES, as execve has it
};

// `error` is the positive errno of execve; kind and message are UserError's, for a user.
struct LoadFailure {
  int error;
  UserError::Kind kind;
  std::string message;
};

// `memory` is empty; after a failure its contents are undefined. Every address in the result depends on the
// program, its loader and the request alone, never on the host.
std::variant<LoadedProgram, LoadFailure> load_program(const LoadRequest& request, const Process& process,
                                                      Memory& memory);

// The program of the command line, by a guest name: a file of the sysroot if there is one of that name, else
// a file of the host. Throws UserError.
LoadedProgram load_first_program(LoadRequest request, const Process& process, Memory& memory);

}  // namespace m2sim::emu
