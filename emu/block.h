// A decoded basic block: the unit of the decode cache and of the retired log.
#pragma once

#include <cstdint>
#include <span>

#include "insts/inst.h"

namespace m2sim::emu {

struct Uop;

// Lives in the block cache's arena, its uops directly behind it. `id` is dense (0, 1, 2, … since the
// last clear), so that side tables can be plain arrays.
struct alignas(16) Block {
  std::uint64_t pc;  // guest address of the first instruction
  std::uint32_t id;
  std::uint16_t inst_count;  // 1..kMaxBlockInsts
  std::uint16_t mem_count;   // instructions with an effective address in the log
  const insts::Inst* inst_data;
  std::uint64_t space;  // address space: 0 for the first program, a new one for each fork and execve

  std::span<const insts::Inst> insts() const { return {inst_data, inst_count}; }
  std::uint64_t end() const { return pc + 4 * std::uint64_t{inst_count}; }
  const Uop* uops() const { return reinterpret_cast<const Uop*>(this + 1); }
};

static_assert(sizeof(Block) == 32);

inline constexpr unsigned kMaxBlockInsts = 64;

}  // namespace m2sim::emu
