// A guest program made of words: an ELF file in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "calibration/catalogue.h"

namespace m2sim::calibration {

inline constexpr std::uint64_t kCodeAddress = 0x400000;
// Where execution begins: behind the headers of the file.
inline constexpr std::uint64_t kFirstWord = kCodeAddress + 0xb0;

// Zeroed memory of the program besides its stack.
struct ProgramMemory {
  std::uint64_t address;
  std::uint64_t bytes;
};

// Execution begins with the first word, at kFirstWord.
std::vector<std::byte> program_of(std::span<const std::uint32_t> code, ProgramMemory memory);

// An experiment with all its copies. Its parts as instructions: blocks end between them.
struct WrappedExperiment {
  std::vector<std::uint32_t> words;
  std::uint64_t before = 0;  // up to and with the isb
  std::uint64_t pass =
      0;  // through all copies once, with the end of the loop; without one with the jump back
  std::uint64_t behind = 0;  // the last pass: the jump back, if it is not in the pass
};
WrappedExperiment wrap(const Experiment& experiment, const ExperimentCode& code);

}  // namespace m2sim::calibration
