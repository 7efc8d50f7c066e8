// Puts base, index and target registers where an access or a branch finds what the experiment prepared.
#pragma once

#include "insts/encoding.h"
#include "insts/inst.h"
#include "tests/rows/random_values.h"
#include "tests/rows/sample.h"

namespace m2sim::rows {

// The base (and index) of a load or store, so that it hits the window, or seldom unmapped memory. False where
// the manual leaves the outcome open, as for two results in one register.
bool place_access(const insts::Encoding& row, const insts::Inst& inst, Random& random, Sample& sample);

// False where the manual leaves the outcome open, as for two results in one register.
bool is_predictable_access(const insts::Inst& inst);
// Exclusives and atomics fault on addresses that are not aligned, some of them depending on the core.
bool must_be_aligned(insts::TimingClass timing);
// Whether the immediate is added to the base (before the access or after).
bool has_memory_offset(const insts::Encoding& row);

// General register `number` of a field where 31 is the stack pointer.
inline std::uint64_t& base_register(Sample& sample, unsigned number) {
  return number == 31 ? sample.sp : sample.x[number];
}

// Where the base register points when the access is to be in the middle of the window.
inline constexpr std::uint64_t kMiddle = kWindowAddress + kWindowBytes / 2;

}  // namespace m2sim::rows
