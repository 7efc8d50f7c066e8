// What a point of a curve runs: a loop without an end, of which some passes warm up and the next are
// measured.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace m2sim::calibration {

inline constexpr std::uint64_t kTrialMemory = 0x40000000;

// A 64-bit word of the program's memory before it runs.
struct InitialWord {
  std::uint64_t address;
  std::uint64_t value;
};

struct Trial {
  std::vector<std::uint32_t> words;  // from kFirstWord on
  std::vector<InitialWord> data;
  std::uint64_t memory_bytes = 1 << 20;  // zeroed, at kTrialMemory
  std::uint64_t warm_insts = 0;          // before what is measured
  std::uint64_t measured_insts = 0;
  double units = 1;  // of what was measured: passes, branches, loads, bytes
};

enum class Quantity : std::uint8_t {
  kCyclesPerUnit,
  kUnitsPerCycle,
};

enum class Scale : std::uint8_t { kLinear, kLogarithmic };

// A published test: y as a function of x.
struct Curve {
  std::string_view name;  // "window.nops"; what the tables of measurements call it
  std::string_view title;
  std::string_view x_name;
  std::string_view y_name;
  Scale x_scale = Scale::kLinear;
  Scale y_scale = Scale::kLinear;  // for a drawing
  Quantity quantity = Quantity::kCyclesPerUnit;
  std::vector<std::uint64_t> grid;  // where it is measured; more is added where it jumps
  std::function<Trial(std::uint64_t x)> trial;
  // Its cycles are subtracted, where there is one.
  std::function<Trial(std::uint64_t x)> without = nullptr;
  // The name of a value of x, where it numbers cases.
  std::vector<std::string_view> cases{};
};

// Grids. Both ends belong to them.
std::vector<std::uint64_t> every(std::uint64_t step, std::uint64_t from, std::uint64_t to);
std::vector<std::uint64_t> octaves(std::uint64_t from, std::uint64_t to, unsigned points_an_octave);

// Numbers that look random and are the same on every run (splitmix64).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::uint64_t below(std::uint64_t bound);

 private:
  std::uint64_t state_;
};

// 0 to n-1 in a random order.
std::vector<std::uint64_t> shuffled(std::uint64_t n, Random& random);

}  // namespace m2sim::calibration
