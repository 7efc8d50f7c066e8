// Addressing modes as types, so that one load body serves every encoding of its family.
#pragma once

#include <cstdint>

#include "emu/cpu/cpu_state.h"
#include "emu/engine/uop.h"

namespace m2sim::emu {

// Base and offset in rn and imm. The write-back happens only after the access did not fault.
struct Offset {
  static std::uint64_t address(const Uop& u, const CpuState& c) {
    return c.x[u.rn] + static_cast<std::uint64_t>(std::int64_t{u.imm});
  }
  static void write_back(const Uop& /*u*/, CpuState& /*c*/, std::uint64_t /*address*/) {}
};
struct PreIndexed : Offset {
  static void write_back(const Uop& u, CpuState& c, std::uint64_t address) { c.x[u.rn] = address; }
};
struct PostIndexed {
  static std::uint64_t address(const Uop& u, const CpuState& c) { return c.x[u.rn]; }
  static void write_back(const Uop& u, CpuState& c, std::uint64_t address) {
    c.x[u.rn] = address + static_cast<std::uint64_t>(std::int64_t{u.imm});
  }
};

// Base rn plus index rm, extended and then shifted left by imm.
enum class Extend : std::uint8_t { kUxtw, kLsl, kSxtw };
template <Extend kExtend>
struct Indexed {
  static std::uint64_t address(const Uop& u, const CpuState& c) {
    std::uint64_t index = c.x[u.rm];
    if constexpr (kExtend == Extend::kUxtw) index = static_cast<std::uint32_t>(index);
    if constexpr (kExtend == Extend::kSxtw) {
      index = static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(index)});
    }
    return c.x[u.rn] + (index << static_cast<unsigned>(u.imm));
  }
  static void write_back(const Uop& /*u*/, CpuState& /*c*/, std::uint64_t /*address*/) {}
};

// Where an exclusive, atomic or ordered access goes: it may be misaligned, but not cross a multiple of 16
// (FEAT_LSE2, SCTLR_EL1.nAA clear). One that does is sent into the guard region, where it faults, noting why.
inline std::uint64_t within_granule(CpuState& c, std::uint64_t address, std::uint64_t bytes) {
  constexpr std::uint64_t kGranule = 16;
  if (address % kGranule + bytes <= kGranule) [[likely]]
    return address;
  c.misaligned_address = address;
  return c.memory_limit;
}

// Calls `choose.template operator()<Mode>()` with the mode that `option` (2 uxtw, 3 lsl, 6 sxtw, 7 sxtx)
// names; lsl and sxtx are the same for a 64-bit index.
template <class Choose>
auto with_index_mode(unsigned option, Choose choose) {
  if (option == 2) return choose.template operator()<Indexed<Extend::kUxtw>>();
  if (option == 6) return choose.template operator()<Indexed<Extend::kSxtw>>();
  return choose.template operator()<Indexed<Extend::kLsl>>();
}

}  // namespace m2sim::emu
