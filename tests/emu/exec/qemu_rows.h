// Every executable row against QEMU: random legal words on random states, the whole state compared.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "emu/cpu/cpu_state.h"
#include "insts/op.h"

namespace m2sim::emu::testing {

inline constexpr std::uint64_t kSampleAddress = 0x2000000;
inline constexpr std::uint64_t kSlotAddress = 0x2004000;
inline constexpr unsigned kWindowBytes = 1024;

// What guests/run_samples.s reads and writes: an instruction and the state before it (after it).
struct Sample {
  std::uint64_t word = 0;
  std::array<std::uint64_t, 31> x{};
  std::uint64_t nzcv = 0;  // in bits 31:28
  std::uint64_t fpcr = 0;
  std::uint64_t fpsr = 0;
  std::uint64_t unused = 0;
  std::array<Vec, 32> v{};
  std::array<std::uint8_t, kWindowBytes> window{};  // the memory that loads and stores touch
};
static_assert(sizeof(Sample) == 1824);
inline constexpr std::uint64_t kWindowAddress = kSampleAddress + 800;

using Random = std::mt19937_64;

// A legal word of the row and a state in which its accesses stay inside the window; false when the word
// drawn is of another row, reserved, or unpredictable: draw again.
bool draw_sample(insts::Op op, Random& random, Sample& sample);

// The states after the samples. QEMU's program is the path of guests/run_samples.
std::vector<Sample> run_on_qemu(std::span<const Sample> samples, const std::string& program);
// log: with the handlers of the timing modes.
std::vector<Sample> run_here(std::span<const Sample> samples, bool log);

// Empty where both agree, else instruction and first differences.
std::string difference(const Sample& before, const Sample& qemu, const Sample& here);

}  // namespace m2sim::emu::testing
