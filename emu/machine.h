// A Linux process: a program in memory with its stack, and the kernel it talks to; and all processes that it
// starts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "emu/cpu/fault.h"
#include "emu/elf/elf.h"
#include "emu/elf/symbols.h"
#include "emu/machine_options.h"
#include "emu/memory/memory.h"

namespace m2sim::emu {

class Kernel;

class Machine {
 public:
  // Loads the program and lays out its stack. Throws UserError.
  explicit Machine(const MachineOptions& options);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  Kernel& kernel() { return *kernel_; }
  // The first process's, also after its end.
  Memory& memory();
  const GuestEnd& end() const;
  // The program of the command line; for a script its interpreter.
  const ElfImage& image() const;
  Symbols& symbols() { return *symbols_; }
  // What a user calls that address of the first process, in whatever it runs by now (guest_symbols.h).
  std::string describe(std::uint64_t address);
  std::uint64_t load_bias() const;
  // A signal that somebody outside sends to the guest: true where the guest has it now. False: its first
  // process would end by it.
  bool send_from_outside(int signal);

 private:
  std::unique_ptr<Kernel> kernel_;
  std::shared_ptr<const struct LoadedProgram> program_;
  std::unique_ptr<Symbols> symbols_;
};

}  // namespace m2sim::emu
