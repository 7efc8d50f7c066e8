// What can be asked of a core and of a model of it: a figure of a kernel, an instruction or a structure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace m2sim::calibration {

enum class TargetKind : std::uint8_t {
  kKernel,       // a guest program: cycles an iteration
  kInstruction,  // an experiment of data/instructions.csv: its cycles
  kStructure,    // a curve of structures/curves.h: y at x
};

struct Target {
  TargetKind kind = TargetKind::kKernel;
  std::string name;
  std::uint64_t x = 0;  // of a curve

  bool operator==(const Target&) const = default;
};

// As measurements name it: "gemm", "instruction/ADD (immediate, 64-bit) latency 1>2",
// "structure/latency@32768". Nothing: a curve without x, or no name at all.
std::optional<Target> parse_target(std::string_view text);
std::string text_of(const Target& target);

}  // namespace m2sim::calibration
