// Data processing, immediate and register: add, subtract, logic, moves, shifts, bit fields.

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

#include "emu/engine/handler.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::Op;

template <class T>
constexpr unsigned kBits = std::numeric_limits<T>::digits;

template <class T>
T immediate(const Uop& u) {
  return static_cast<T>(static_cast<std::int64_t>(u.imm));
}

enum class ShiftType : std::uint8_t { kLsl, kLsr, kAsr, kRor };

template <ShiftType kType, class T>
T shifted(T value, unsigned amount) {
  if constexpr (kType == ShiftType::kLsl) return static_cast<T>(value << amount);
  if constexpr (kType == ShiftType::kLsr) return static_cast<T>(value >> amount);
  if constexpr (kType == ShiftType::kAsr) {
    return static_cast<T>(static_cast<std::make_signed_t<T>>(value) >> amount);
  }
  return std::rotr(value, static_cast<int>(amount));
}

template <class T>
T extended_operand(std::uint64_t value, unsigned option) {
  switch (option) {
    case 0:
      return static_cast<T>(static_cast<std::uint8_t>(value));
    case 1:
      return static_cast<T>(static_cast<std::uint16_t>(value));
    case 2:
      return static_cast<T>(static_cast<std::uint32_t>(value));
    case 4:
      return static_cast<T>(static_cast<std::int8_t>(value));
    case 5:
      return static_cast<T>(static_cast<std::int16_t>(value));
    case 6:
      return static_cast<T>(static_cast<std::int32_t>(value));
    default:
      return static_cast<T>(value);
  }
}

// The arithmetic itself; each is used with every kind of second operand.
struct Add {
  template <class T>
  static void run(CpuState& c, std::uint8_t rd, T a, T b) {
    write<T>(c, rd, static_cast<T>(a + b));
  }
};
struct Sub {
  template <class T>
  static void run(CpuState& c, std::uint8_t rd, T a, T b) {
    write<T>(c, rd, static_cast<T>(a - b));
  }
};
struct Adds {
  template <class T>
  static void run(CpuState& c, std::uint8_t rd, T a, T b) {
    c.flags = flags_of_add<T>(a, b);
    write<T>(c, rd, static_cast<T>(a + b));
  }
};
struct Subs {
  template <class T>
  static void run(CpuState& c, std::uint8_t rd, T a, T b) {
    c.flags = flags_of_sub<T>(a, b);
    write<T>(c, rd, static_cast<T>(a - b));
  }
};
struct And {
  template <class T>
  static void run(CpuState& c, std::uint8_t rd, T a, T b) {
    write<T>(c, rd, a & b);
  }
};
struct Orr {
  template <class T>
  static void run(CpuState& c, std::uint8_t rd, T a, T b) {
    write<T>(c, rd, a | b);
  }
};
struct Eor {
  template <class T>
  static void run(CpuState& c, std::uint8_t rd, T a, T b) {
    write<T>(c, rd, a ^ b);
  }
};
struct Ands {
  template <class T>
  static void run(CpuState& c, std::uint8_t rd, T a, T b) {
    c.flags = flags_of_logic<T>(a & b);
    write<T>(c, rd, a & b);
  }
};
// The forms that invert their second operand.
template <class Base>
struct Inverted {
  template <class T>
  static void run(CpuState& c, std::uint8_t rd, T a, T b) {
    Base::template run<T>(c, rd, a, static_cast<T>(~b));
  }
};

template <class Operation>
struct Forms {
  static constexpr auto with_immediate = []<class T>(const Uop& u, CpuState& c) {
    Operation::template run<T>(c, u.rd, read<T>(c, u.rn), immediate<T>(u));
  };
  static constexpr auto with_constant = []<class T>(const Uop& u, CpuState& c, const Constant& k) {
    Operation::template run<T>(c, u.rd, read<T>(c, u.rn), static_cast<T>(k.value));
  };
  static constexpr auto with_register = []<class T>(const Uop& u, CpuState& c) {
    Operation::template run<T>(c, u.rd, read<T>(c, u.rn), read<T>(c, u.rm));
  };
  template <ShiftType kType>
  static constexpr auto with_shift = []<class T>(const Uop& u, CpuState& c) {
    const T b = shifted<kType>(read<T>(c, u.rm), static_cast<unsigned>(u.imm));
    Operation::template run<T>(c, u.rd, read<T>(c, u.rn), b);
  };
  template <unsigned kOption>
  static constexpr auto with_extend = []<class T>(const Uop& u, CpuState& c) {
    const T b = static_cast<T>(extended_operand<T>(c.x[u.rm], kOption) << static_cast<unsigned>(u.imm));
    Operation::template run<T>(c, u.rd, read<T>(c, u.rn), b);
  };
};

template <class Operation>
Binding pick_immediate(const Inst& inst, bool log) {
  const bool fits = !inst.wide() || inst.imm == static_cast<std::int32_t>(inst.imm);
  if (fits) return sized<Forms<Operation>::with_immediate>(inst, log);
  return {extended_handler<Forms<Operation>::with_constant, std::uint64_t>, true};
}

template <class Operation>
Binding pick_shift(const Inst& inst, bool log) {
  using F = Forms<Operation>;
  if (inst.imm == 0) return sized<F::with_register>(inst, log);
  switch (static_cast<ShiftType>(inst.aux)) {
    case ShiftType::kLsl:
      return sized<F::template with_shift<ShiftType::kLsl>>(inst, log);
    case ShiftType::kLsr:
      return sized<F::template with_shift<ShiftType::kLsr>>(inst, log);
    case ShiftType::kAsr:
      return sized<F::template with_shift<ShiftType::kAsr>>(inst, log);
    default:
      return sized<F::template with_shift<ShiftType::kRor>>(inst, log);
  }
}

constexpr auto move_register = []<class T>(const Uop& u, CpuState& c) {
  write<T>(c, u.rd, read<T>(c, u.rm));
};
Binding pick_orr(const Inst& inst, bool log) {
  const bool is_move = inst.rn == 31 && inst.imm == 0;
  return is_move ? sized<move_register>(inst, log) : pick_shift<Orr>(inst, log);
}

template <class Operation, std::size_t... kOptions>
Handler extend_handler(const Inst& inst, std::index_sequence<kOptions...> /*options*/) {
  using F = Forms<Operation>;
  static constexpr std::array<Handler, 8> kNarrow = {
      plain_handler<F::template with_extend<kOptions>, std::uint32_t>...};
  static constexpr std::array<Handler, 8> kWide = {
      plain_handler<F::template with_extend<kOptions>, std::uint64_t>...};
  return (inst.wide() ? kWide : kNarrow)[inst.aux & 7U];
}

template <class Operation>
Binding pick_extend(const Inst& inst, bool /*log*/) {
  return {extend_handler<Operation>(inst, std::make_index_sequence<8>())};
}

// Moves of constants: the value is known when the block is made.
std::uint64_t move_wide_value(const Inst& inst) {
  const std::uint64_t value = static_cast<std::uint64_t>(inst.imm) << inst.aux;
  const std::uint64_t result = inst.op == Op::kMOVN ? ~value : value;
  return inst.wide() ? result : static_cast<std::uint32_t>(result);
}
constexpr auto move_value = [](const Uop& u, CpuState& c) {
  c.x[u.rd] = static_cast<std::uint64_t>(std::int64_t{u.imm});
};
constexpr auto move_shifted = [](const Uop& u, CpuState& c, const Constant& k) {
  c.x[u.rd] = k.value << k.extra;
};
constexpr auto move_inverted = []<class T>(const Uop& u, CpuState& c, const Constant& k) {
  write<T>(c, u.rd, static_cast<T>(~(k.value << k.extra)));
};
Binding pick_move_wide(const Inst& inst, bool log) {
  const auto value = static_cast<std::int64_t>(move_wide_value(inst));
  if (value == static_cast<std::int32_t>(value)) return plain<move_value>(inst, log);
  if (inst.op == Op::kMOVZ) return {extended_handler<move_shifted>, true};
  return {inst.wide() ? extended_handler<move_inverted, std::uint64_t>
                      : extended_handler<move_inverted, std::uint32_t>,
          true};
}
void adjust_move_wide(const Inst& inst, Uop& uop) {
  uop.imm = static_cast<std::int32_t>(static_cast<std::uint32_t>(move_wide_value(inst)));
}
// ra: the shift.
constexpr auto move_keep = []<class T>(const Uop& u, CpuState& c) {
  const T hole = static_cast<T>(~(T{0xFFFF} << u.ra));
  const T piece = static_cast<T>(static_cast<T>(static_cast<std::uint32_t>(u.imm)) << u.ra);
  write<T>(c, u.rd, static_cast<T>((read<T>(c, u.rd) & hole) | piece));
};
constexpr auto load_address = [](const Uop& u, CpuState& c, const Constant& k) { c.x[u.rd] = k.value; };

// Bit fields. The manual's rotate-and-mask comes apart into two cases when the block is made:
// extract (imms >= immr): take bits immr..imms down to 0; insert: move bits 0..imms up.
// rm: the number of bits; ra: where they come from or go to.
struct FieldPlan {
  bool extract;
  std::uint8_t width;
  std::uint8_t position;
};
FieldPlan field_plan(const Inst& inst) {
  const auto immr = static_cast<unsigned>(inst.imm) & 63U;
  const auto imms = static_cast<unsigned>(inst.imm >> 8U) & 63U;
  const unsigned bits = inst.wide() ? 64 : 32;
  if (imms >= immr)
    return {true, static_cast<std::uint8_t>(imms - immr + 1), static_cast<std::uint8_t>(immr)};
  return {false, static_cast<std::uint8_t>(imms + 1), static_cast<std::uint8_t>(bits - immr)};
}
void adjust_bitfield(const Inst& inst, Uop& uop) {
  const FieldPlan plan = field_plan(inst);
  uop.rm = plan.width;
  uop.ra = plan.position;
}

template <class T>
T low_bits(T value, unsigned width) {
  const unsigned drop = kBits<T> - width;
  return static_cast<T>(static_cast<T>(value << drop) >> drop);
}
template <class T>
T low_bits_signed(T value, unsigned width) {
  const unsigned drop = kBits<T> - width;
  return static_cast<T>(static_cast<std::make_signed_t<T>>(static_cast<T>(value << drop)) >>
                        static_cast<int>(drop));
}
constexpr auto ubfm_extract = []<class T>(const Uop& u, CpuState& c) {
  write<T>(c, u.rd, low_bits<T>(static_cast<T>(read<T>(c, u.rn) >> u.ra), u.rm));
};
constexpr auto ubfm_insert = []<class T>(const Uop& u, CpuState& c) {
  write<T>(c, u.rd, static_cast<T>(low_bits<T>(read<T>(c, u.rn), u.rm) << u.ra));
};
constexpr auto sbfm_extract = []<class T>(const Uop& u, CpuState& c) {
  write<T>(c, u.rd, low_bits_signed<T>(static_cast<T>(read<T>(c, u.rn) >> u.ra), u.rm));
};
constexpr auto sbfm_insert = []<class T>(const Uop& u, CpuState& c) {
  write<T>(c, u.rd, static_cast<T>(low_bits_signed<T>(read<T>(c, u.rn), u.rm) << u.ra));
};
constexpr auto bfm_extract = []<class T>(const Uop& u, CpuState& c) {
  const T mask = low_bits<T>(static_cast<T>(~T{0}), u.rm);
  const T field = static_cast<T>(read<T>(c, u.rn) >> u.ra) & mask;
  write<T>(c, u.rd, static_cast<T>((read<T>(c, u.rd) & ~mask) | field));
};
constexpr auto bfm_insert = []<class T>(const Uop& u, CpuState& c) {
  const T mask = static_cast<T>(low_bits<T>(static_cast<T>(~T{0}), u.rm) << u.ra);
  const T field = static_cast<T>(read<T>(c, u.rn) << u.ra) & mask;
  write<T>(c, u.rd, static_cast<T>((read<T>(c, u.rd) & ~mask) | field));
};
constexpr auto shift_left = []<class T>(const Uop& u, CpuState& c) {
  write<T>(c, u.rd, static_cast<T>(read<T>(c, u.rn) << u.ra));
};
constexpr auto shift_right = []<class T>(const Uop& u, CpuState& c) {
  write<T>(c, u.rd, static_cast<T>(read<T>(c, u.rn) >> u.ra));
};
// lsl and lsr are by far the commonest uses and need no mask.
Binding pick_ubfm(const Inst& inst, bool log) {
  const FieldPlan plan = field_plan(inst);
  const bool reaches_top = plan.width + plan.position == (inst.wide() ? 64 : 32);
  if (plan.extract) return reaches_top ? sized<shift_right>(inst, log) : sized<ubfm_extract>(inst, log);
  return reaches_top ? sized<shift_left>(inst, log) : sized<ubfm_insert>(inst, log);
}
Binding pick_sbfm(const Inst& inst, bool log) {
  return field_plan(inst).extract ? sized<sbfm_extract>(inst, log) : sized<sbfm_insert>(inst, log);
}
Binding pick_bfm(const Inst& inst, bool log) {
  return field_plan(inst).extract ? sized<bfm_extract>(inst, log) : sized<bfm_insert>(inst, log);
}
constexpr auto extr = []<class T>(const Uop& u, CpuState& c) {
  const auto lsb = static_cast<unsigned>(u.imm);
  const T low = static_cast<T>(read<T>(c, u.rm) >> lsb);
  // Two shifts, because a shift by the full width is undefined.
  const T high = static_cast<T>(static_cast<T>(read<T>(c, u.rn) << 1U) << (kBits<T> - 1 - lsb));
  write<T>(c, u.rd, low | high);
};

constexpr Row kRows[] = {
    {Op::kADD_imm, pick_immediate<Add>},
    {Op::kADDS_imm, pick_immediate<Adds>},
    {Op::kSUB_imm, pick_immediate<Sub>},
    {Op::kSUBS_imm, pick_immediate<Subs>},
    {Op::kAND_imm, pick_immediate<And>},
    {Op::kORR_imm, pick_immediate<Orr>},
    {Op::kEOR_imm, pick_immediate<Eor>},
    {Op::kANDS_imm, pick_immediate<Ands>},
    {Op::kADD_shift, pick_shift<Add>},
    {Op::kADDS_shift, pick_shift<Adds>},
    {Op::kSUB_shift, pick_shift<Sub>},
    {Op::kSUBS_shift, pick_shift<Subs>},
    {Op::kAND_shift, pick_shift<And>},
    {Op::kORR_shift, pick_orr},
    {Op::kEOR_shift, pick_shift<Eor>},
    {Op::kANDS_shift, pick_shift<Ands>},
    {Op::kBIC_shift, pick_shift<Inverted<And>>},
    {Op::kORN_shift, pick_shift<Inverted<Orr>>},
    {Op::kEON_shift, pick_shift<Inverted<Eor>>},
    {Op::kBICS_shift, pick_shift<Inverted<Ands>>},
    {Op::kADD_ext, pick_extend<Add>},
    {Op::kADDS_ext, pick_extend<Adds>},
    {Op::kSUB_ext, pick_extend<Sub>},
    {Op::kSUBS_ext, pick_extend<Subs>},
    {Op::kMOVZ, pick_move_wide, adjust_move_wide},
    {Op::kMOVN, pick_move_wide, adjust_move_wide},
    {Op::kMOVK, sized<move_keep>},
    {Op::kADR, extended<load_address>},
    {Op::kADRP, extended<load_address>},
    {Op::kUBFM, pick_ubfm, adjust_bitfield},
    {Op::kSBFM, pick_sbfm, adjust_bitfield},
    {Op::kBFM, pick_bfm, adjust_bitfield},
    {Op::kEXTR, sized<extr>},
};

}  // namespace

std::span<const Row> data_processing_rows() { return kRows; }

}  // namespace m2sim::emu
