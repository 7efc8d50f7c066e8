// The executable form of an instruction: a handler and its operands, 16 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace m2sim::emu {

struct CpuState;
struct Block;
struct Uop;

// Every handler has this one signature, so that each can end in a tail call to the next: the values a
// handler needs stay in the host's argument registers. Returns the uop to go on with (loop dispatch
// only) or null when the run of handlers ends (CpuState::exit says why). The order matters: on x86-64
// uop, budget and log lie in rdi, rdx and rcx, where a data fault finds them (guest_access.h).
using Handler = const Uop* (*)(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                               std::byte* memory);

struct Uop {
  Handler handler;
  std::uint8_t rd, rn, rm, ra;  // register slots (CpuState::x) or vector numbers; see exec.h for spare ones
  std::int32_t imm;
};

// Second slot of an extended uop: a 64-bit constant, or the successors of a block's last uop.
struct Constant {
  std::uint64_t value;
  std::uint64_t extra;
};
struct Successors {
  const Block* taken;
  const Block* fall_through;
};

// What lies in the place of a uop.
enum class UopSlot : std::uint8_t { kUop, kConstant, kSuccessors, kCounter };

static_assert(sizeof(Uop) == 16 && sizeof(Constant) == 16 && sizeof(Successors) == 16);
static_assert(std::is_trivially_copyable_v<Uop>);

}  // namespace m2sim::emu
