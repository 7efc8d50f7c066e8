// How the last uop of a block goes on: chaining, the jump cache, and the ways back to the run loop.
#pragma once

#include <cstdint>

#include "emu/block.h"
#include "emu/engine/handler.h"

namespace m2sim::emu {

// Linux has loads and stores through a misaligned sp fault (SCTLR_EL1.SA0).
inline constexpr std::uint64_t kStackAlignment = 16;
inline bool stack_is_aligned(const CpuState& cpu) { return cpu.x[kSpSlot] % kStackAlignment == 0; }

// The ways on are inlined by force: gcc would share one copy between a branch's two edges, and pay for it
// in moves between registers.

// Every last uop keeps the number of instructions of its block in `ra`: it charges them to the budget.

// Back to the run loop. Kept out of line and by value, so that handlers stay free of spills.
const Uop* leave(Exit reason, const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log);

// In every unused entry of the jump cache: no guest address is odd.
inline constexpr Block kNowhere{1, 0, 0, 0, nullptr, 0};

inline std::size_t jump_cache_slot(std::uint64_t pc) { return (pc >> 2U) % kJumpCacheSize; }

// Enters a block that is known. The log gets its id here, so that a record opens when its block begins.
template <bool kLog>
[[gnu::always_inline]] inline const Uop* enter(const Block* target, const Uop* uop, CpuState* cpu,
                                               std::int64_t budget, std::uint64_t* log, std::byte* memory) {
  budget -= uop->ra;
  if (budget < 0) [[unlikely]] {
    cpu->pc = target->pc;
    return leave(Exit::kBudget, uop, cpu, budget, log);
  }
  if constexpr (kLog) *log++ = target->id;
  return next(target->uops(), cpu, budget, log, memory);
}

// Direct successor: linked, or to be resolved by the run loop, which then fills in `link`.
template <bool kLog>
[[gnu::always_inline]] inline const Uop* follow(const Block* const& link, const Uop* uop, CpuState* cpu,
                                                std::int64_t budget, std::uint64_t* log, std::byte* memory) {
  if (link == nullptr) [[unlikely]] {
    cpu->link = const_cast<const Block**>(&link);
    return leave(Exit::kUnlinked, uop, cpu, budget - uop->ra, log);
  }
  return enter<kLog>(link, uop, cpu, budget, log, memory);
}

// Indirect successor, through the jump cache.
template <bool kLog>
[[gnu::always_inline]] inline const Uop* jump(std::uint64_t pc, const Uop* uop, CpuState* cpu,
                                              std::int64_t budget, std::uint64_t* log, std::byte* memory) {
  const Block* target = cpu->jump_cache[jump_cache_slot(pc)];
  if (target->pc != pc) [[unlikely]] {
    cpu->pc = pc;
    return leave(Exit::kLookup, uop, cpu, budget - uop->ra, log);
  }
  return enter<kLog>(target, uop, cpu, budget, log, memory);
}

// kBody: bool(const Uop&, CpuState&), true when the branch is taken. Successors follow the uop.
template <auto kBody, bool kLog, class... Shape>
const Uop* branch_handler(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                          std::byte* memory) {
  const auto& successors = *reinterpret_cast<const Successors*>(uop + 1);
  bool taken;
  if constexpr (sizeof...(Shape) == 0) {
    taken = kBody(*uop, *cpu);
  } else {
    taken = kBody.template operator()<Shape...>(*uop, *cpu);
  }
  // Two separate tail calls: the host then predicts each edge by itself.
  if (taken) return follow<kLog>(successors.taken, uop, cpu, budget, log, memory);
  return follow<kLog>(successors.fall_through, uop, cpu, budget, log, memory);
}

// The last uop of a block that simply goes on, and of a direct jump. Behind an instruction that may have left
// sp misaligned, going on means asking the run loop then.
Handler fall_through_handler(bool log);
Handler aligned_fall_through_handler(bool log);
Handler jump_handler(bool log);
// bl, br, blr, ret, by what they do; bl and blr are followed by a Constant with the return address.
Handler call_handler(bool log);
Handler indirect_handler(bool log);
Handler indirect_call_handler(bool log);
// braa, blraa, retaa and the like; null for any other.
Handler authenticated_handler(insts::Op op, bool log, Cpu cpu);
// Ends the run of handlers with `reason`; the instruction counts as retired where it did its work.
Handler leaving_handler(Exit reason);

// In the place of a block's first handler (BlockCache::set_trap): back to the run loop before the block.
Handler trap_handler(bool log);

// The first uop of a block that may become machine code: counts its `imm` down, once an execution, and leaves
// before the block when that comes to 0.
Handler counting_handler();

// Conditional branches on their own, and fused with the compare in front of them (null: no such pair).
// keep_flags: the flags may still be read behind the branch.
Handler conditional_handler(const insts::Inst& branch, bool log);
Handler fused_handler(const insts::Inst& compare, const insts::Inst& branch, bool log, bool keep_flags);

}  // namespace m2sim::emu
