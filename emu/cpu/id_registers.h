// The identification registers as a user program reads them: Linux traps these MRS instructions and
// answers with the features it exposes, zero (or "none") everywhere else. The feature fields come from the
// one table in hwcap.h, so that MRS and AT_HWCAP never disagree.
#pragma once

#include <cstdint>

#include "emu/cpu/hwcap.h"

namespace m2sim::emu {

// MIDR_EL1 is the processor's (processor.h).
inline constexpr std::uint64_t kMpidrEl1 = std::uint64_t{1} << 31U;  // RES1; one core, affinity 0
inline constexpr std::uint64_t kRevidrEl1 = 0;

// CTR_EL0: 64-byte minimum lines in both caches, PIPT instruction cache, IDC 0 and DIC 0, so that programs
// that write code clean and invalidate, which is what drops decoded blocks.
inline constexpr std::uint64_t kCtrEl0 = (std::uint64_t{1} << 31U) | (std::uint64_t{4} << 24U) |
                                         (std::uint64_t{4} << 20U) | (std::uint64_t{4} << 16U) |
                                         (std::uint64_t{3} << 14U) | std::uint64_t{4};
// DCZID_EL0: dc zva zeroes 64 bytes (2^4 words) and is permitted.
inline constexpr std::uint64_t kDczidEl0 = 4;

// Base values are what Linux shows for any core: its table of hidden fields, cpu-feature-registers.rst.
inline constexpr std::uint64_t kDfr0El1 = 6;  // debug architecture of Armv8.0
constexpr std::uint64_t id_register(IdRegister id, Cpu cpu) {
  constexpr std::uint64_t kField = 15;
  std::uint64_t value = 0;
  if (id == IdRegister::kPfr0) value = 0x11;         // EL0 and EL1: AArch64 only; higher levels do not show
  if (id == IdRegister::kMmfr0) value = 0xFF000000;  // no granule size shows
  for (const Hwcap& cap : kHwcaps) {
    if (cap.id == id && is_listed(cap, cpu)) {
      const std::uint64_t old = (value >> cap.field) & kField;
      if (cap.value > old) value = (value & ~(kField << cap.field)) | (std::uint64_t{cap.value} << cap.field);
    }
  }
  return value;
}

}  // namespace m2sim::emu
