// op_timing.inc as an array.
#pragma once

#include <array>
#include <cstdint>

#include "insts/timing_class.h"
#include "timing/config/config.h"

namespace m2sim::timing {

struct StepTiming {
  std::uint32_t capabilities = 0;
  std::uint8_t latency = 0;
  std::uint8_t occupancy = 0;
};

struct OpTiming {
  std::uint8_t uops = 0;
  std::array<StepTiming, 3> steps{};
};

inline constexpr std::size_t kTimingClassCount = static_cast<std::size_t>(insts::TimingClass::kCount);

consteval std::array<OpTiming, kTimingClassCount> make_op_timing() {
  std::array<OpTiming, kTimingClassCount> table{};
#define OP_TIMING(name, uops, cap1, lat1, occ1, cap2, lat2, occ2, cap3, lat3, occ3) \
  table[static_cast<std::size_t>(insts::TimingClass::name)] =                       \
      OpTiming{uops, {{{cap1, lat1, occ1}, {cap2, lat2, occ2}, {cap3, lat3, occ3}}}};
#include "timing/crack/op_timing.inc"
#undef OP_TIMING
  return table;
}

inline constexpr auto kOpTiming = make_op_timing();

constexpr const OpTiming& op_timing(insts::TimingClass c) { return kOpTiming[static_cast<std::size_t>(c)]; }

consteval bool every_class_has_a_row() {
  for (const OpTiming& row : kOpTiming) {
    if (row.uops == 0) return false;
  }
  return true;
}
static_assert(every_class_has_a_row(), "op_timing.inc lacks a timing class");

}  // namespace m2sim::timing
