// How an instruction's semantics becomes a handler.
//
// A body is a captureless generic lambda of a few lines, the manual's pseudocode; it never says how
// execution goes on. The templates below wrap it, once for every shape it comes in, and a table row
// binds it to its Op:
//
//   constexpr auto add_immediate = []<class T>(const Uop& u, CpuState& c) {
//     write<T>(c, u.rd, read<T>(c, u.rn) + static_cast<T>(u.imm));
//   };
//   constexpr Row kRows[] = {{Op::kADD_imm, sized<add_immediate>}, ...};
//
// Operands: the translator puts register slots of the row's roles into rd, rn, rm and ra and the
// immediate into imm. Where the row has no Ra role, ra holds Inst::aux; where it has no Rm role, rm
// holds Inst::shape. An immediate that does not fit 32 bits needs an extended handler.
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>

#include "emu/cpu/cpu_state.h"
#include "emu/cpu/processor.h"
#include "emu/engine/guest_access.h"
#include "emu/engine/uop.h"
#include "insts/inst.h"

// Tail calls need an optimising build; elsewhere handlers return to a loop between any two uops.
#if defined(__OPTIMIZE__) && !defined(M2SIM_PORTABLE)
#define M2SIM_TAIL_DISPATCH 1
#else
#define M2SIM_TAIL_DISPATCH 0
#endif

namespace m2sim::emu {

inline constexpr bool kTailDispatch = M2SIM_TAIL_DISPATCH != 0;

struct Binding {
  Handler handler;
  bool extended = false;  // the uop is followed by a Constant {Inst::imm, Inst::aux}
};

// Chooses the handler of a decoded instruction; `log`: for a timing mode. A null handler says that this
// form of the encoding (a system register, say) is not implemented.
using Pick = Binding (*)(const insts::Inst& inst, bool log);

struct Row {
  insts::Op op;
  Pick pick;
  // Changes the default operands where an instruction wants something else precomputed.
  void (*adjust)(const insts::Inst& inst, Uop& uop) = nullptr;
};

inline const Uop* next(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                       std::byte* memory) {
  if constexpr (kTailDispatch) {
    return uop->handler(uop, cpu, budget, log, memory);
  } else {
    cpu->budget = budget;
    cpu->log = log;
    return uop;
  }
}

// The uop behind `uop`, computed at once: the argument register then never has to be copied, which is one
// host instruction of about eight. gcc would otherwise undo it.
inline const Uop* behind(const Uop* uop) {
  const Uop* result = uop + 1;
#if M2SIM_TAIL_DISPATCH
  asm volatile("" : "+r"(result));
#endif
  return result;
}

// Register access by slot. A 32-bit write clears the upper half, as the architecture says.
template <class T>
T read(const CpuState& cpu, std::uint8_t slot) {
  return static_cast<T>(cpu.x[slot]);
}
template <class T>
void write(CpuState& cpu, std::uint8_t slot, T value) {
  static_assert(std::is_unsigned_v<T>);
  cpu.x[slot] = value;
}

template <auto kBody, class... Shape>
const Uop* plain_handler(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                         std::byte* memory) {
  const Uop* const following = behind(uop);
  if constexpr (sizeof...(Shape) == 0) {
    kBody(following[-1], *cpu);
  } else {
    kBody.template operator()<Shape...>(following[-1], *cpu);
  }
  return next(following, cpu, budget, log, memory);
}

template <auto kBody, class... Shape>
const Uop* extended_handler(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                            std::byte* memory) {
  const Uop* const following = behind(uop);
  const auto& constant = *reinterpret_cast<const Constant*>(following);
  if constexpr (sizeof...(Shape) == 0) {
    kBody(following[-1], *cpu, constant);
  } else {
    kBody.template operator()<Shape...>(following[-1], *cpu, constant);
  }
  return next(following + 1, cpu, budget, log, memory);
}

template <auto kBody, bool kLog, class... Shape>
const Uop* memory_handler(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                          std::byte* memory) {
  const Uop* const following = behind(uop);
  GuestAccess<kLog> access(following, cpu, budget, log, memory);
  if constexpr (sizeof...(Shape) == 0) {
    kBody(following[-1], *cpu, access);
  } else {
    kBody.template operator()<Shape...>(following[-1], *cpu, access);
  }
  return next(following, cpu, budget, access.log(), memory);
}

template <auto kBody, bool kLog>
const Uop* extended_memory_handler(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                                   std::byte* memory) {
  const Uop* const following = behind(uop);
  GuestAccess<kLog> access(following, cpu, budget, log, memory);
  kBody(following[-1], *cpu, access, *reinterpret_cast<const Constant*>(following));
  return next(following + 1, cpu, budget, access.log(), memory);
}

// Picks. plain: one body. sized: the body takes uint32_t or uint64_t by the row's `z` letter.
template <auto kBody>
Binding plain(const insts::Inst& /*inst*/, bool /*log*/) {
  return {plain_handler<kBody>};
}
template <auto kBody>
Binding sized(const insts::Inst& inst, bool /*log*/) {
  return {inst.wide() ? plain_handler<kBody, std::uint64_t> : plain_handler<kBody, std::uint32_t>};
}
template <auto kBody>
Binding extended(const insts::Inst& /*inst*/, bool /*log*/) {
  return {extended_handler<kBody>, true};
}
// Memory bodies take a third argument, `auto& m`: m.record(address) once, then m.load<T> / m.store<T>.
template <auto kBody, class... Shape>
Binding memory(const insts::Inst& /*inst*/, bool log) {
  return {log ? memory_handler<kBody, true, Shape...> : memory_handler<kBody, false, Shape...>};
}
template <auto kBody>
Binding sized_memory(const insts::Inst& inst, bool log) {
  return inst.wide() ? memory<kBody, std::uint64_t>(inst, log) : memory<kBody, std::uint32_t>(inst, log);
}

template <auto kBody>
Binding extended_memory(const insts::Inst& /*inst*/, bool log) {
  return {log ? extended_memory_handler<kBody, true> : extended_memory_handler<kBody, false>, true};
}

// One span of rows a source file; handler_table.cpp joins them.
std::span<const Row> data_processing_rows();
std::span<const Row> multiply_and_select_rows();
std::span<const Row> load_store_rows();
std::span<const Row> atomic_rows();
std::span<const Row> system_rows();
std::span<const Row> fp_move_rows();
std::span<const Row> fp_arithmetic_rows();
std::span<const Row> fp_convert_rows();
std::span<const Row> simd_memory_rows();
std::span<const Row> simd_structure_rows();
std::span<const Row> simd_three_same_rows();
std::span<const Row> simd_misc_rows();
std::span<const Row> simd_shift_rows();
std::span<const Row> simd_copy_rows();
std::span<const Row> simd_widening_rows();
std::span<const Row> simd_fp_rows();
std::span<const Row> simd_fp_misc_rows();
std::span<const Row> simd_dot_rows();
std::span<const Row> simd_fp_product_rows();
std::span<const Row> simd_bfloat_rows();
std::span<const Row> crypto_sha_rows();
std::span<const Row> crypto_aes_rows();
// Those whose instructions do something else on another processor.
std::span<const Row> pointer_auth_rows(Cpu cpu);
std::span<const Row> system_register_rows(Cpu cpu);

// Null where the table has the encoding but nothing executes it; a row that refuses every form where the
// processor has no such instruction.
const Row* row_of(insts::Op op, Cpu cpu);

}  // namespace m2sim::emu
