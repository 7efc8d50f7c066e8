// What one execution of a block counts, whenever it is: its uops, and what Apple's counters of instructions
// and uops by kind see.
//
// Instructions are told apart by their operands: one that reads or writes a vector register, or converts to
// or from one, is SIMD's. An atomic is a load and a store, but one INST_LDST (guess: Apple does not say).
#pragma once

#include <cstdint>

#include "insts/inst.h"
#include "timing/crack/uop.h"

namespace m2sim::timing {

struct BlockCounts {
  std::uint64_t uops = 0;  // rename slots
  std::uint64_t issued_uops = 0;
  std::uint64_t issued_memory_uops = 0;  // of these, by ports for loads or stores
  std::uint64_t issued_simd_uops = 0;    // of these, by ports for FP and SIMD
  std::uint64_t eliminated_uops = 0;
  std::uint64_t fused_pairs = 0;
  std::uint64_t calls = 0;
  std::uint64_t returns = 0;
  std::uint64_t indirect = 0;  // br and blr
  std::uint64_t barriers = 0;
  std::uint64_t int_alu = 0;
  std::uint64_t int_loads = 0;
  std::uint64_t int_stores = 0;
  std::uint64_t simd_alu = 0;
  std::uint64_t simd_loads = 0;
  std::uint64_t simd_stores = 0;
  std::uint64_t memory_insts = 0;
  std::uint64_t int_uops = 0;
  std::uint64_t memory_uops = 0;
  std::uint64_t simd_uops = 0;
  std::uint64_t load_unit = 0;
  std::uint64_t store_unit = 0;

  void count(const insts::Inst& inst);
  // Masks of ports: that load, that load or store, that do FP and SIMD alone.
  void count(const UopInfo& uop, std::uint32_t load_ports, std::uint32_t memory_ports,
             std::uint32_t simd_ports);
  void add(const BlockCounts& one, std::uint64_t times);
};

}  // namespace m2sim::timing
