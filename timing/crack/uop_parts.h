// What crackers build uops of.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "insts/operands.h"
#include "timing/crack/uop.h"

namespace m2sim::timing {

constexpr std::uint8_t u8(unsigned value) { return static_cast<std::uint8_t>(value); }

inline void add_source(UopInfo& uop, insts::Source source) {
  if (uop.source_count < kMaxSources) uop.sources[uop.source_count++] = source;
}

inline void add_dest(UopInfo& uop, RegId reg) {
  if (uop.dest_count == kMaxDests) return;
  uop.dests[uop.dest_count++] = reg;
  if (reg >= insts::kRegCount) return;  // values inside an instruction live in no architectural register
  uop.needs += kRenameEntry;
  uop.needs += insts::is_vector(reg) ? kFpRegister : reg == insts::kNzcv ? kFlagRegister : kIntRegister;
}

// Destinations other than the updated base address.
inline std::span<const RegId> results_of(const insts::Operands& operands) {
  return operands.written().first(operands.writes - (operands.writes_base ? 1U : 0U));
}

inline bool reads(const insts::Operands& operands, RegId reg) {
  const auto sources = operands.read();
  return std::any_of(sources.begin(), sources.end(), [reg](insts::Source s) { return s.reg == reg; });
}

}  // namespace m2sim::timing
