// The shipped measurements, and that the rules grade them as those did who looked at each.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "calibration/measured/grade.h"
#include "calibration/measured/measurement_json.h"

namespace m2sim::calibration {
namespace {

struct ByHand {
  std::string set, program;
  std::string grade;
  double cycles;  // 0: no clock
  double ns;
  double error_percent;  // of the slope; 0: a figure
};

const std::vector<ByHand> kByHand{{"m2-2026-02-03", "arithmetic", "B", 5.309, 1.5313, 0.99},
                                  {"m2-2026-02-03", "dependency", "A", 20, 5.7687, 0.04},
                                  {"m2-2026-02-03", "branch", "B", 5.892, 1.6994, 0.87},
                                  {"m2-2026-02-07", "arithmetic", "A", 5.438, 1.6902, 0.05},
                                  {"m2-2026-02-07", "dependency", "A", 20, 6.2168, 0.03},
                                  {"m2-2026-02-07", "branch", "A", 5.991, 1.8621, 0.11},
                                  {"m1-class-2026-02-10", "memorystrided", "C", 48.479, 15.1307, 2.61},
                                  {"m1-class-2026-02-10", "loadheavy", "B", 7.861, 2.4535, 0.82},
                                  {"m1-class-2026-02-10", "storeheavy", "B", 11.206, 3.4976, 2.15},
                                  {"m1-class-2026-02-10", "branchheavy", "B", 6.535, 2.0396, 1.50},
                                  {"m2-unknown-core-loops", "vectorsum", "C", 0, 11.482, 1.69},
                                  {"m2-unknown-core-loops", "vectoradd", "C", 0, 15.4912, 3.24},
                                  {"m2-unknown-core-loops", "reductiontree", "C", 0, 4.2475, 1.73},
                                  {"m2-unknown-core-loops", "strideindirect", "C", 0, 7.5449, 1.01},
                                  {"m2-unknown-core-polybench", "gemm", "C", 0, 280585.8834, 0.46},
                                  {"m2-unknown-core-polybench", "atax", "C", 0, 10049.2313, 0.27},
                                  {"m2-unknown-core-polybench", "2mm", "C", 0, 571206.0701, 0.03},
                                  {"m2-unknown-core-polybench", "jacobi-1d", "C", 0, 4271.5211, 0.63},
                                  {"m1-class-2026-02-11", "gemm", "C", 599380.917, 187072.6958, 1.15},
                                  {"m1-class-2026-02-11", "atax", "B", 17982.688, 5612.5744, 1.89},
                                  {"m1-class-2026-02-11", "2mm", "C", 1056341.421, 329694.5758, 1.20},
                                  {"m1-class-2026-02-11", "jacobi-1d", "B", 6713.854, 2095.46, 1.32},
                                  {"m1-memory", "pointer_chase_4mb", "C", 20.1, 6.28, 0},
                                  {"m1-memory", "pointer_chase_32mb", "C", 288.4, 90, 0}};

const Graded& found(const std::vector<Graded>& all, const ByHand& row) {
  const auto it = std::ranges::find_if(
      all, [&](const Graded& one) { return one.set == row.set && one.program == row.program; });
  if (it == all.end()) throw std::runtime_error(row.set + " has no " + row.program);
  return *it;
}

TEST(Shipped, TheRulesGiveTheGradesAndFiguresThatHandsGave) {
  const std::vector<Graded> all = graded(shipped_measurements());
  EXPECT_EQ(all.size(), kByHand.size());
  for (const ByHand& row : kByHand) {
    const Graded& ours = found(all, row);
    EXPECT_EQ(name_of(ours.grade), row.grade) << row.set << " " << row.program;
    EXPECT_NEAR(ours.cycles.value_or(0), row.cycles, 0.0002 * row.cycles) << row.set << " " << row.program;
    EXPECT_NEAR(ours.ns.value_or(0), row.ns, 0.002 * row.ns) << row.set << " " << row.program;
    if (row.error_percent == 0) continue;
    EXPECT_NEAR(ours.regression->relative_error() * 100, row.error_percent, 0.0051) << row.set << row.program;
  }
}

TEST(Shipped, EveryGradeBelowAHasItsReason) {
  for (const Graded& one : graded(shipped_measurements())) {
    EXPECT_EQ(one.reasons.empty(), one.grade == Grade::kA) << one.set << " " << one.program;
    EXPECT_NE(one.grade, Grade::kX) << one.set << " " << one.program;
    EXPECT_FALSE(one.source.empty());
    if (!one.cycles) continue;
    EXPECT_LE(one.low, *one.cycles);
    EXPECT_GE(one.high, *one.cycles);
  }
}

TEST(Shipped, ClocksAreDerivedFromTheChainsOfTheirRuns) {
  const std::vector<Graded> all = graded(shipped_measurements());
  EXPECT_NEAR(*found(all, {"m2-2026-02-03", "branch", "", 0, 0, 0}).clock_ghz, 3.467, 5e-4);
  EXPECT_NEAR(*found(all, {"m2-2026-02-07", "branch", "", 0, 0, 0}).clock_ghz, 3.2171, 5e-5);
  // Instructions retired were counted by the system, one run a size.
  const Graded& counted = found(all, {"m2-unknown-core-polybench", "gemm", "", 0, 0, 0});
  EXPECT_NEAR(counted.counters.at("pmu.INST_ALL"), 2398391, 1);
}

TEST(Shipped, ProgramsAreThoseOfTheSuite) {
  std::ifstream file(M2SIM_SOURCE_DIR "/benchmarks/suite.json");
  const nlohmann::json suite = nlohmann::json::parse(file);
  for (const Graded& one : graded(shipped_measurements())) {
    const auto is_it = [&](const nlohmann::json& program) { return program["name"] == one.program; };
    EXPECT_TRUE(std::ranges::any_of(suite["programs"], is_it)) << one.program;
  }
}

TEST(Shipped, WritingAndReadingChangesNothing) {
  const std::string text = measurements_json(shipped_measurements());
  EXPECT_EQ(measurements_json(parse_measurements(text, "again")), text);
  EXPECT_EQ(nlohmann::json::parse(text)["sets"].size(), shipped_measurements().sets.size());
}

}  // namespace
}  // namespace m2sim::calibration
