// A measured experiment on single instructions, and the table of all: data/instructions.csv, whose head
// explains the columns.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace m2sim::calibration {

enum class ExperimentKind : std::uint8_t { kLatency, kThroughput, kUops };
inline constexpr std::array kExperimentKinds = {ExperimentKind::kLatency, ExperimentKind::kThroughput,
                                                ExperimentKind::kUops};
std::string_view name_of(ExperimentKind kind);

// How the loop around the copies ends.
enum class LoopEnd : std::uint8_t { kNone, kSubs, kSub };

// What one copy of a body takes; what was not measured, or does not count, is not there.
struct Figures {
  std::optional<double> cycles{};  // of one of Experiment::count, without those that close the dependence
  std::optional<double> uops{};    // retired
  std::optional<double> issues{};
  std::optional<double> integer_issues{};
  std::optional<double> memory_issues{};
  std::optional<double> simd_issues{};
};

struct FigureInfo {
  std::string_view name;
  std::optional<double> Figures::*member;
};
inline constexpr std::array<FigureInfo, 6> kFigures = {{{"cycles", &Figures::cycles},
                                                        {"uops", &Figures::uops},
                                                        {"issues", &Figures::issues},
                                                        {"integer_issues", &Figures::integer_issues},
                                                        {"memory_issues", &Figures::memory_issues},
                                                        {"simd_issues", &Figures::simd_issues}}};

struct Experiment {
  std::string name;  // form, kind and dependence; the second of that name is "... #2"
  std::string form;
  std::string group;  // the class of the source
  ExperimentKind kind = ExperimentKind::kThroughput;
  std::string dependence;
  std::string body;   // as the assembler takes it, written out
  std::string setup;  // likewise
  LoopEnd loop = LoopEnd::kNone;
  std::uint32_t copies = 0;
  std::uint32_t passes = 0;
  std::uint32_t count = 1;
  std::uint32_t closing_cycles = 0;
  Figures measured;
};

// Throws std::invalid_argument that names the line and what is wrong with it.
std::vector<Experiment> parse_experiments(std::string_view csv);

}  // namespace m2sim::calibration
