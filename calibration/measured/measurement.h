// What somebody measured on a real core: sets of programs that were timed at several sizes, or figures that
// were published. docs/measurements.md describes the file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace m2sim::calibration {

enum class CoreType : std::uint8_t { kPerformance, kEfficiency, kUnknown, kAssumedPerformance };
enum class ClockHow : std::uint8_t {
  kDerived,  // from a chain of dependent additions in the same run
  kAssumed,  // what the data sheet says, or somebody
  kCounted,  // cycles were counted
  kUnknown,
};

// As the file has them: P, E, unknown, assumed-P; derived, assumed, counted, unknown.
std::string_view name_of(CoreType type);
std::string_view name_of(ClockHow how);

struct Machine {
  std::string chip;  // "M2"; "M1 class" of a virtual machine that does not say more
  std::string model, system, compiler;
  bool is_virtual = false;
};

struct MeasuredClock {
  ClockHow how = ClockHow::kUnknown;
  std::optional<double> ghz;
  std::string from;  // derived: the program of the set whose certain cycles give it
};

// All readings of one size.
struct MeasuredPoint {
  std::uint64_t iterations = 0;
  std::vector<double> seconds;
  std::vector<double> clock_ghz;                        // beside each reading, or none
  std::map<std::string, std::vector<double>> counters;  // "pmu.INST_ALL", beside each reading
};

struct PublishedFigure {
  double cycles = 0;
  double low = 0, high = 0;  // cycles where nothing is said of them
};

struct MeasuredProgram {
  std::string program;
  std::string unit;
  std::vector<MeasuredPoint> points;  // or
  std::optional<PublishedFigure> figure;
  std::optional<double> certain_cycles;  // an iteration takes at least these, whatever the core
  std::string certain_why;
  std::string differs;  // how what was measured differs from our program of that name
  std::string note;
};

struct MeasurementSet {
  std::string name;
  std::string source;
  std::string date;
  Machine machine;
  CoreType core_type = CoreType::kUnknown;
  std::string core_how;
  MeasuredClock clock;
  std::vector<MeasuredProgram> measurements;
};

struct MeasurementFile {
  std::vector<MeasurementSet> sets;
};

// The counters that are cycles and instructions.
inline constexpr std::string_view kCycleCounter = "pmu.CORE_ACTIVE_CYCLE";
inline constexpr std::string_view kInstructionCounter = "pmu.INST_ALL";

inline constexpr double kLowestGhz = 0.1;
inline constexpr double kHighestGhz = 10;

// What was measured in public, as far as it is known (data/measurements.json).
const MeasurementFile& shipped_measurements();

// Adds the sets of `more`; throws MeasurementError where a name is there already.
void join(MeasurementFile& file, MeasurementFile more);

}  // namespace m2sim::calibration
