#include "calibration/measure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

namespace m2sim::calibration {
namespace {

const CataloguedExperiment& named(std::string_view name) {
  const auto& catalogue = instruction_catalogue();
  const auto found =
      std::ranges::find_if(catalogue, [&](const auto& entry) { return entry.experiment.name == name; });
  if (found == catalogue.end()) throw std::out_of_range(std::string(name));
  return *found;
}

Measurement measured(std::string_view name, Model model) {
  return measure(named(name), timing::m1_pcore(), model);
}

class Measure : public ::testing::TestWithParam<Model> {};
INSTANTIATE_TEST_SUITE_P(Models, Measure, ::testing::Values(Model::kCore, Model::kFastCore),
                         [](const auto& model) { return model.param == Model::kCore ? "Core" : "FastCore"; });

// What no core can do otherwise.
TEST_P(Measure, ChainsAndStreams) {
  constexpr double kEnds = 0.02;  // filling and draining the pipe, over 2000 copies
  const double alus = static_cast<double>(std::ranges::count_if(
      timing::m1_pcore().ports, [](const auto& port) { return (port.capabilities & timing::kCapAlu) != 0; }));
  EXPECT_NEAR(*measured("ADD (immediate, 64-bit) latency 1>2", GetParam()).figures.cycles, 1, kEnds);
  EXPECT_NEAR(*measured("ADD (immediate, 64-bit) throughput", GetParam()).figures.cycles, 1 / alus, kEnds);
}

// The load is one of four instructions, and three of the cycles are theirs.
TEST_P(Measure, ClosingCyclesAreTakenAway) {
  EXPECT_EQ(named("LDURH latency 1>2").experiment.closing_cycles, 3U);
  EXPECT_NEAR(*measured("LDURH latency 1>2", GetParam()).figures.cycles, timing::m1_pcore().l1d.load_to_use,
              0.05);
}

TEST_P(Measure, CountsByKindOfUnit) {
  const Figures add = measured("ADD (immediate, 64-bit) uops", GetParam()).figures;
  EXPECT_FALSE(add.cycles.has_value());
  constexpr double kJumpBack = 0.001;
  EXPECT_NEAR(*add.uops, 1, kJumpBack);
  EXPECT_NEAR(*add.issues, 1, kJumpBack);
  EXPECT_NEAR(*add.integer_issues, 1, kJumpBack);
  const Figures load = measured("LDR (32-bit) uops", GetParam()).figures;
  EXPECT_NEAR(*load.memory_issues, 1, kJumpBack);
  EXPECT_NEAR(*load.integer_issues, 0, kJumpBack);
  const Figures fadd = measured("FADD (scalar, H) uops", GetParam()).figures;
  EXPECT_NEAR(*fadd.simd_issues, 1, kJumpBack);
  EXPECT_NEAR(*fadd.memory_issues, 0, kJumpBack);
}

TEST_P(Measure, AFailedAuthenticationDoesNotFault) {
  EXPECT_EQ(measured("AUTIA latency 1>1", GetParam()).failure, "");
}

TEST_P(Measure, WhatCannotRunSaysWhy) {
  const Measurement measurement = measured("MRS (APRR) uops", GetParam());
  EXPECT_EQ(measurement.failure, "undefined for programs: mrs x0, s3_6_c15_c1_5");
  EXPECT_FALSE(measurement.figures.uops.has_value());
}

// Threads take nothing from each other.
TEST_P(Measure, ManyAtOnceGiveWhatEachGivesAlone) {
  Batch batch{.experiments = {}, .config = timing::m1_pcore(), .model = GetParam(), .jobs = 4};
  const auto& catalogue = instruction_catalogue();
  for (std::size_t i = 0; i < catalogue.size(); i += 400) batch.experiments.push_back(&catalogue[i]);
  double last = 0;
  double whole = 1;
  const std::vector<Measurement> together = measure_all(batch, [&](double done, double total) {
    EXPECT_GE(done, last);
    last = done;
    whole = total;
  });
  EXPECT_DOUBLE_EQ(last, whole);
  for (std::size_t i = 0; i < together.size(); ++i) {
    SCOPED_TRACE(batch.experiments[i]->experiment.name);
    const Measurement alone = measure(*batch.experiments[i], batch.config, batch.model);
    EXPECT_EQ(together[i].figures.cycles, alone.figures.cycles);
    EXPECT_EQ(together[i].figures.uops, alone.figures.uops);
    EXPECT_EQ(together[i].failure, alone.failure);
  }
}

}  // namespace
}  // namespace m2sim::calibration
