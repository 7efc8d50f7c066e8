// What the threads of a process share of its memory, and vfork's child with its parent.
#pragma once

#include <cstdint>
#include <memory>

#include "emu/memory/memory.h"

namespace m2sim::emu {

struct LoadedProgram;

// Kept free below a stack that may grow (the kernel's stack_guard_gap).
inline constexpr std::uint64_t kStackGuard = 256 * kGuestPage;

struct AddressSpace {
  explicit AddressSpace(std::uint64_t dense) : number(dense), family(dense) {}
  // From a checkpoint: as large as it was.
  AddressSpace(std::uint64_t dense, std::uint64_t limit, std::uint64_t top)
      : number(dense), family(dense), memory(limit, top) {}
  // fork: a copy of everything but the number.
  AddressSpace(const AddressSpace& parent, std::uint64_t dense)
      : number(dense),
        family(parent.family),
        memory(parent.memory, Memory::Copy{}),
        brk_start(parent.brk_start),
        brk_end(parent.brk_end),
        stack_begin(parent.stack_begin),
        stack_end(parent.stack_end),
        sigreturn_address(parent.sigreturn_address),
        program(parent.program) {}

  std::uint64_t number;  // Block::space
  std::uint64_t family;  // the number of the one that this and others were forked from
  Memory memory;
  std::uint64_t brk_start = 0;
  std::uint64_t brk_end = 0;  // the current break, not rounded
  std::uint64_t stack_begin = 0;
  std::uint64_t stack_end = 0;
  bool locks_new = false;                        // mlockall(MCL_FUTURE)
  std::uint64_t sigreturn_address = 0;           // where a signal handler returns to
  std::shared_ptr<const LoadedProgram> program;  // what runs here
};

}  // namespace m2sim::emu
