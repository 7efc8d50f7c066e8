// An experiment on one or a few instruction words: the state before them, and what became of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "emu/cpu/cpu_state.h"
#include "insts/op.h"

namespace m2sim::rows {

// Where run_samples.s puts things.
inline constexpr std::uint64_t kCodeAddress = 0x40000000;
inline constexpr std::uint64_t kWindowAddress = 0x40008200;
inline constexpr std::uint64_t kRegionBegin = 0x3FFF0000;  // readable, writable, executable, zero
inline constexpr std::uint64_t kRegionEnd = 0x40010000;
inline constexpr std::uint64_t kUnmapped = 0x60000000;  // and a megabyte around it
inline constexpr unsigned kWindowBytes = 1024;
inline constexpr unsigned kCodeWords = 256;

// As run_samples.s reads and writes it. A zero word (udf) ends the code; the last one is always zero.
struct Sample {
  std::array<std::uint32_t, kCodeWords> code{};
  std::uint32_t signal = 0;       // that ended it: after the run only, as the next two
  std::uint32_t signal_code = 0;  // siginfo's si_code
  std::uint64_t fault_address = 0;
  std::array<std::uint64_t, 31> x{};
  std::uint64_t sp = 0;
  std::uint64_t pc = kCodeAddress;
  std::uint64_t pstate = 0;  // nzcv in bits 31:28
  std::uint32_t fpsr = 0;
  std::uint32_t fpcr = 0;
  std::uint64_t tpidr = 0;
  std::array<emu::Vec, 32> v{};
  std::array<std::uint8_t, kWindowBytes> window{};  // the memory that loads and stores touch
};
static_assert(sizeof(Sample) == 2864 && offsetof(Sample, signal) == 1024 && offsetof(Sample, fpsr) == 1312 &&
              offsetof(Sample, v) == 1328 && offsetof(Sample, window) == 1840);

// An experiment with what it is about: `tested` is the word of `op` in the code.
struct Case {
  insts::Op op = insts::Op::kUndefined;
  unsigned tested = 0;
  unsigned words = 1;
  Sample before;
};

}  // namespace m2sim::rows
