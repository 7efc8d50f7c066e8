// A Linux process: a program in memory with its stack, and the kernel it talks to; and all processes that it
// starts.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "emu/cpu/fault.h"
#include "emu/elf/elf.h"
#include "emu/elf/symbols.h"
#include "emu/machine_options.h"
#include "emu/memory/memory.h"
#include "emu/run_point.h"

namespace m2sim::emu {

class Checkpoint;
class Emulator;
class Kernel;
class KeptFiles;
struct CheckpointOrigin;

class Machine {
 public:
  // Loads the program and lays out its stack. Throws UserError.
  explicit Machine(const MachineOptions& options);
  // As it was when the checkpoint was made. What the checkpoint knows (the program, its arguments, the
  // sysroot, the processor) is that, whatever `options` say. Throws UserError.
  Machine(const MachineOptions& options, Checkpoint& checkpoint);
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
  // Where the run goes on; empty: at the program's beginning.
  const std::optional<RunPoint>& run_point() const { return run_point_; }
  // A run of the guest begins. Of files that it has written to since its checkpoint, only now what is behind
  // goes: a run that is refused before has changed nothing. Throws UserError.
  void begin();
  // The whole of the guest where the emulator's run has ended, as the bytes of a file. The guest goes on as
  // if nothing had been. Throws UserError for what cannot be kept.
  std::string checkpoint(const Emulator& emulator, const CheckpointOrigin& origin);
  // A signal that somebody outside sends to the guest: true where the guest has it now. False: its first
  // process would end by it.
  bool send_from_outside(int signal);

 private:
  std::unique_ptr<Kernel> kernel_;
  std::shared_ptr<const struct LoadedProgram> program_;
  std::unique_ptr<Symbols> symbols_;
  std::optional<RunPoint> run_point_;
  std::unique_ptr<KeptFiles> to_take_back_;
};

}  // namespace m2sim::emu
