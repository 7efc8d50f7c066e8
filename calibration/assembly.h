// An experiment as a program, in the assembler's words:
//
//   registers and memory as they stand before it, its setup, isb
//   its body, `copies` times
//   the end of the loop
//   a jump back to the beginning
//
// so that it can be run again, with warm caches, as often as wanted. Before the setup x0 is the number of
// passes, x28 counts them, x3 to x6 hold the address of zeroed memory, and all other registers but sp are
// zero. The copies are made when the program is (program.h): here the body stands once.
//
// For an experiment without a loop nothing ends one; the jump back is then measured with the copies: one uop.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "calibration/experiment.h"

namespace m2sim::calibration {

inline constexpr std::uint64_t kMemoryAddress = 0x10000000;
inline constexpr std::uint64_t kMemoryBytes = std::uint64_t{4} << 20;

// Source for all of them. It assembles to words: a count and as many words that all experiments begin with,
// then for each three counts and as many words: of its setup, of its body, of what stands behind the copies.
std::string assembly_source(std::span<const Experiment> experiments);

}  // namespace m2sim::calibration
