#include "timing/crack/block_counts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

#include "insts/operands.h"

namespace m2sim::timing {
namespace {

using insts::Access;
using insts::TimingClass;

bool names_vector(const insts::Operands& operands) {
  const auto sources = operands.read();
  const auto written = operands.written();
  return std::any_of(sources.begin(), sources.end(),
                     [](const insts::Source& source) { return insts::is_vector(source.reg); }) ||
         std::any_of(written.begin(), written.end(), insts::is_vector);
}

bool is_barrier(TimingClass c) {
  return c == TimingClass::kBarrier || c == TimingClass::kBarrierSync ||
         c == TimingClass::kBarrierSpeculation || c == TimingClass::kIsb;
}

// Neither a unit's nor memory's: what the system sees.
bool is_system(TimingClass c) {
  return c == TimingClass::kNop || (c >= TimingClass::kClrex && c <= TimingClass::kTrap);
}

}  // namespace

void BlockCounts::count(const insts::Inst& inst) {
  const insts::Flow flow = insts::flow_of(inst.op);
  calls += flow == insts::Flow::kCall || flow == insts::Flow::kIndirectCall ? 1 : 0;
  returns += flow == insts::Flow::kReturn ? 1 : 0;
  indirect += flow == insts::Flow::kIndirect || flow == insts::Flow::kIndirectCall ? 1 : 0;
  if (flow != insts::Flow::kNone && flow != insts::Flow::kSystem) return;
  const TimingClass c = insts::timing_class_of(inst.op);
  if (is_barrier(c)) {
    ++barriers;
    return;
  }
  const insts::Operands operands = insts::operands_of(inst);
  const bool simd = names_vector(operands);
  const Access access = operands.memory.kind;
  if (access == Access::kLoad || access == Access::kLoadStore) ++(simd ? simd_loads : int_loads);
  if (access == Access::kStore || access == Access::kLoadStore) ++(simd ? simd_stores : int_stores);
  if (access == Access::kPrefetch || is_system(c)) return;
  ++(access != Access::kNone ? memory_insts : simd ? simd_alu : int_alu);
}

void BlockCounts::count(const UopInfo& uop, std::uint32_t load_ports, std::uint32_t memory_ports,
                        std::uint32_t simd_ports) {
  uops += uop.slots;
  issued_uops += uop.issues;
  if ((uop.ports & memory_ports) != 0) {
    issued_memory_uops += uop.issues;
  } else if ((uop.ports & simd_ports) != 0) {
    issued_simd_uops += uop.issues;
  }
  const bool vector = std::any_of(uop.dests.begin(), uop.dests.begin() + uop.dest_count,
                                  [](RegId reg) { return insts::is_vector(reg) && reg < insts::kRegCount; });
  if ((uop.ports & memory_ports) != 0) {
    memory_uops += uop.slots;
  } else if ((uop.ports & simd_ports) != 0 || (uop.ports == 0 && vector)) {
    simd_uops += uop.slots;
  } else {
    int_uops += uop.slots;
  }
  if (uop.is(kUopStore)) {
    ++store_unit;
  } else if ((uop.ports & load_ports) != 0) {
    load_unit += uop.issues;
  }
}

void BlockCounts::add(const BlockCounts& one, std::uint64_t times) {
  using Words = std::array<std::uint64_t, sizeof(BlockCounts) / sizeof(std::uint64_t)>;
  Words words = std::bit_cast<Words>(*this);
  const Words more = std::bit_cast<Words>(one);
  for (std::size_t i = 0; i < words.size(); ++i) words[i] += more[i] * times;
  *this = std::bit_cast<BlockCounts>(words);
}

}  // namespace m2sim::timing
