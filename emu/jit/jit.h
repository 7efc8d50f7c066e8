// Machine code of blocks, made of the bodies of their handlers (path.h). It stands in the place of a block's
// handlers, with their signature: entry, exits, faults, budget and log are theirs, and any of its uops may be
// entered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emu/block.h"
#include "emu/engine/guest_access.h"
#include "emu/engine/handler.h"
#include "emu/engine/uop.h"
#include "emu/jit/code_memory.h"
#include "emu/jit/path.h"

namespace m2sim::emu {

// Whether handlers are such that it can: of an optimised build for an x86-64 host, without M2SIM_PORTABLE.
inline constexpr bool kMachineCode = kTailDispatch && kPinnedAccess;

class Jit {
 public:
  // bytes: of machine code, at most.
  explicit Jit(std::size_t bytes);

  // Handlers of the block become machine code; returns what to enter it by, in the place of its first uop's.
  // Null: they stay as they are, for want of memory. `uops`: those of the block, with what each slot holds.
  Handler compile(const Block& block, Uop* uops, std::span<const UopSlot> slots);

  // All blocks are gone.
  void clear() { memory_.clear(); }

  // Room comes back by clear() alone.
  bool empty() const { return memory_.used() == 0; }

 private:
  struct Fixup {
    std::byte* at;  // a distance of 32 bits, from behind it
    std::uint16_t label;
  };

  std::byte* lay_out(std::span<const CodeItem> items, std::byte* at, const std::byte* end);
  void jump(std::byte*& at, const CodeItem& item);

  CodeMemory memory_;
  PathMaker paths_;
  std::vector<std::byte*> labels_;  // where they are
  std::vector<Fixup> fixups_;
};

}  // namespace m2sim::emu
