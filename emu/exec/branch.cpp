// Branches, and compare-and-branch pairs fused into one uop.

#include <array>
#include <cstdint>

#include "emu/engine/block_end.h"
#include "emu/engine/handler.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::Op;

template <bool kLog>
const Uop* fall_through(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                        std::byte* memory) {
  const auto& successors = *reinterpret_cast<const Successors*>(uop + 1);
  return follow<kLog>(successors.fall_through, uop, cpu, budget, log, memory);
}

template <bool kLog>
const Uop* aligned_fall_through(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                                std::byte* memory) {
  auto& successors = *reinterpret_cast<const Successors*>(uop + 1);
  const Block* const target = stack_is_aligned(*cpu) ? successors.fall_through : nullptr;
  if (target != nullptr) [[likely]]
    return enter<kLog>(target, uop, cpu, budget, log, memory);
  cpu->link = const_cast<const Block**>(&successors.fall_through);
  return leave(Exit::kUnlinked, uop, cpu, budget - uop->ra, log);
}

template <bool kLog>
const Uop* direct_jump(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                       std::byte* memory) {
  const auto& successors = *reinterpret_cast<const Successors*>(uop + 1);
  return follow<kLog>(successors.taken, uop, cpu, budget, log, memory);
}

template <bool kLog>
const Uop* call(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log, std::byte* memory) {
  cpu->x[30] = reinterpret_cast<const Constant*>(uop + 1)->value;
  const auto& successors = *reinterpret_cast<const Successors*>(uop + 2);
  return follow<kLog>(successors.taken, uop, cpu, budget, log, memory);
}

template <bool kLog>
const Uop* indirect(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                    std::byte* memory) {
  return jump<kLog>(cpu->x[uop->rn], uop, cpu, budget, log, memory);
}

template <bool kLog>
const Uop* indirect_call(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                         std::byte* memory) {
  const std::uint64_t target = cpu->x[uop->rn];
  cpu->x[30] = reinterpret_cast<const Constant*>(uop + 1)->value;
  return jump<kLog>(target, uop, cpu, budget, log, memory);
}

template <Exit kReason>
const Uop* leaving(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                   std::byte* /*memory*/) {
  return leave(kReason, uop, cpu, budget - uop->ra, log);
}

// Whoever entered the block has opened its record.
template <bool kLog>
const Uop* trap(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                std::byte* /*memory*/) {
  if constexpr (kLog) --log;
  return leave(Exit::kWatched, uop, cpu, budget, log);
}

const Uop* counting(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                    std::byte* memory) {
  auto& left = const_cast<Uop*>(uop)->imm;  // uops lie in a block cache
  if (--left == 0) [[unlikely]]
    return leave(Exit::kHot, uop, cpu, budget, log);
  return next(uop + 1, cpu, budget, log, memory);
}

// imm: the condition as a mask over NZCV values.
constexpr auto on_flags = [](const Uop& u, CpuState& c) {
  return holds(c.flags, static_cast<std::uint32_t>(u.imm));
};
constexpr auto compare_zero = []<class T>(const Uop& u, CpuState& c) { return read<T>(c, u.rd) == 0; };
constexpr auto compare_nonzero = []<class T>(const Uop& u, CpuState& c) { return read<T>(c, u.rd) != 0; };
// rm: the bit number.
constexpr auto bit_zero = [](const Uop& u, CpuState& c) { return ((c.x[u.rd] >> u.rm) & 1U) == 0; };
constexpr auto bit_nonzero = [](const Uop& u, CpuState& c) { return ((c.x[u.rd] >> u.rm) & 1U) != 0; };

template <auto kBody, class... Shape>
Handler pick(bool log) {
  return log ? branch_handler<kBody, true, Shape...> : branch_handler<kBody, false, Shape...>;
}

// Conditions of a - b, from the operands: cheaper for the host than reading flags back.
template <unsigned kCondition, class T>
bool subtraction_holds(T a, T b) {
  using Signed = std::make_signed_t<T>;
  const auto sa = static_cast<Signed>(a);
  const auto sb = static_cast<Signed>(b);
  const T difference = static_cast<T>(a - b);
  switch (kCondition) {
    case 0:
      return a == b;
    case 1:
      return a != b;
    case 2:
      return a >= b;
    case 3:
      return a < b;
    case 4:
      return sign_bit<T>(difference);
    case 5:
      return !sign_bit<T>(difference);
    case 6:
      return sign_bit<T>(static_cast<T>((a ^ b) & (a ^ difference)));
    case 7:
      return !sign_bit<T>(static_cast<T>((a ^ b) & (a ^ difference)));
    case 8:
      return a > b;
    case 9:
      return a <= b;
    case 10:
      return sa >= sb;
    case 11:
      return sa < sb;
    case 12:
      return sa > sb;
    default:
      return sa <= sb;
  }
}

// Conditions of a logical result, whose C and V are clear.
template <unsigned kCondition, class T>
bool logic_holds(T r) {
  const bool zero = r == 0;
  const bool negative = sign_bit<T>(r);
  switch (kCondition) {
    case 0:
      return zero;
    case 1:
      return !zero;
    case 2:
    case 6:
    case 8:
      return false;
    case 3:
    case 7:
    case 9:
      return true;
    case 4:
    case 11:
      return negative;
    case 5:
    case 10:
      return !negative;
    case 12:
      return !zero && !negative;
    default:
      return zero || negative;
  }
}

// What is fused: the flag-setting instruction's kind and whether its second operand is `imm`.
enum class Compare : std::uint8_t { kSub, kAdd, kAnd };

template <Compare kCompare, bool kImmediate, bool kKeepFlags, unsigned kCondition>
struct Fused {
  static constexpr auto body = []<class T>(const Uop& u, CpuState& c) {
    const T a = read<T>(c, u.rn);
    const T b = kImmediate ? static_cast<T>(static_cast<std::int64_t>(u.imm)) : read<T>(c, u.rm);
    if constexpr (kCompare == Compare::kSub) {
      write<T>(c, u.rd, static_cast<T>(a - b));
      if constexpr (kKeepFlags) c.flags = flags_of_sub<T>(a, b);
      return subtraction_holds<kCondition, T>(a, b);
    } else if constexpr (kCompare == Compare::kAdd) {
      write<T>(c, u.rd, static_cast<T>(a + b));
      // a + b is a - (-b) but for carry and overflow: read those from the flags.
      const Flags flags = flags_of_add<T>(a, b);
      if constexpr (kKeepFlags) c.flags = flags;
      return holds(flags, condition_mask(kCondition));
    } else {
      const T r = a & b;
      write<T>(c, u.rd, r);
      if constexpr (kKeepFlags) c.flags = flags_of_logic<T>(r);
      return logic_holds<kCondition, T>(r);
    }
  };
};

template <Compare kCompare, bool kImmediate, bool kKeepFlags, class T, bool kLog, std::size_t... kConditions>
constexpr std::array<Handler, 14> by_condition(std::index_sequence<kConditions...> /*conditions*/) {
  return {branch_handler<Fused<kCompare, kImmediate, kKeepFlags, kConditions>::body, kLog, T>...};
}

template <Compare kCompare, bool kImmediate, bool kKeepFlags>
Handler fused_with_flags(const Inst& compare, unsigned condition, bool log) {
  constexpr auto conditions = std::make_index_sequence<14>();
  static constexpr std::array<std::array<Handler, 14>, 4> kHandlers = {
      by_condition<kCompare, kImmediate, kKeepFlags, std::uint32_t, false>(conditions),
      by_condition<kCompare, kImmediate, kKeepFlags, std::uint32_t, true>(conditions),
      by_condition<kCompare, kImmediate, kKeepFlags, std::uint64_t, false>(conditions),
      by_condition<kCompare, kImmediate, kKeepFlags, std::uint64_t, true>(conditions)};
  return kHandlers[(compare.wide() ? 2U : 0U) + (log ? 1U : 0U)][condition];
}

struct FusedForm {
  unsigned condition;
  bool log;
  bool keep_flags;
};

template <Compare kCompare, bool kImmediate>
Handler fused(const Inst& compare, const FusedForm& form) {
  return form.keep_flags ? fused_with_flags<kCompare, kImmediate, true>(compare, form.condition, form.log)
                         : fused_with_flags<kCompare, kImmediate, false>(compare, form.condition, form.log);
}

bool fits_imm(const Inst& inst) { return !inst.wide() || inst.imm == static_cast<std::int32_t>(inst.imm); }

}  // namespace

const Uop* leave(Exit reason, const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log) {
  cpu->exit = reason;
  cpu->exit_uop = uop;
  cpu->budget = budget;
  cpu->log = log;
  return nullptr;
}

Handler fall_through_handler(bool log) { return log ? fall_through<true> : fall_through<false>; }
Handler aligned_fall_through_handler(bool log) {
  return log ? aligned_fall_through<true> : aligned_fall_through<false>;
}
Handler jump_handler(bool log) { return log ? direct_jump<true> : direct_jump<false>; }
Handler call_handler(bool log) { return log ? call<true> : call<false>; }
Handler indirect_handler(bool log) { return log ? indirect<true> : indirect<false>; }
Handler indirect_call_handler(bool log) { return log ? indirect_call<true> : indirect_call<false>; }

Handler leaving_handler(Exit reason) {
  switch (reason) {
    case Exit::kSystemCall:
      return leaving<Exit::kSystemCall>;
    case Exit::kBreakpoint:
      return leaving<Exit::kBreakpoint>;
    case Exit::kSynchronise:
      return leaving<Exit::kSynchronise>;
    default:
      return leaving<Exit::kUndefined>;
  }
}

Handler counting_handler() { return counting; }

Handler trap_handler(bool log) { return log ? trap<true> : trap<false>; }

Handler conditional_handler(const Inst& branch, bool log) {
  switch (branch.op) {
    case Op::kB_cond:
      return pick<on_flags>(log);
    case Op::kCBZ:
      return branch.wide() ? pick<compare_zero, std::uint64_t>(log) : pick<compare_zero, std::uint32_t>(log);
    case Op::kCBNZ:
      return branch.wide() ? pick<compare_nonzero, std::uint64_t>(log)
                           : pick<compare_nonzero, std::uint32_t>(log);
    case Op::kTBZ:
      return pick<bit_zero>(log);
    case Op::kTBNZ:
      return pick<bit_nonzero>(log);
    default:
      return nullptr;
  }
}

Handler fused_handler(const Inst& compare, const Inst& branch, bool log, bool keep_flags) {
  if (branch.op != Op::kB_cond || branch.aux >= 14) return nullptr;
  const FusedForm form{branch.aux, log, keep_flags};
  const bool plain_register = compare.imm == 0 && compare.aux == 0;
  switch (compare.op) {
    case Op::kSUBS_imm:
      return fused<Compare::kSub, true>(compare, form);
    case Op::kADDS_imm:
      return fused<Compare::kAdd, true>(compare, form);
    case Op::kANDS_imm:
      return fits_imm(compare) ? fused<Compare::kAnd, true>(compare, form) : nullptr;
    case Op::kSUBS_shift:
      return plain_register ? fused<Compare::kSub, false>(compare, form) : nullptr;
    case Op::kADDS_shift:
      return plain_register ? fused<Compare::kAdd, false>(compare, form) : nullptr;
    case Op::kANDS_shift:
      return plain_register ? fused<Compare::kAnd, false>(compare, form) : nullptr;
    default:
      return nullptr;
  }
}

}  // namespace m2sim::emu
