#include "calibration/structures/trials.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "calibration/structures/curves.h"
#include "calibration/structures/run.h"

namespace m2sim::calibration {
namespace {

timing::CoreConfig core() { return timing::m2_pcore(); }
constexpr double kChased = 3;  // cycles from a load to the address of the next

double cycles_a_unit(const Trial& trial, Model model = Model::kFastCore) {
  return cycles_of(trial, core(), model) / trial.units;
}

// Nothing at the ends of any curve faults or leaves its memory.
TEST(Trials, TheEndsOfAllCurvesRun) {
  for (const Curve& curve : all_curves()) {
    if (curve.quantity == Quantity::kUnitsPerCycle || curve.name == "latency") continue;  // slow: below
    for (const std::uint64_t x : {curve.grid.front(), curve.grid.back()}) {
      const Trial trial = curve.trial(x);
      EXPECT_GT(cycles_of(trial, core(), Model::kFastCore), 0) << curve.name << " at " << x;
      EXPECT_GT(trial.units, 0) << curve.name;
    }
  }
}

TEST(Trials, NamesAreDifferentAndGridsAscend) {
  std::map<std::string_view, unsigned> names;
  for (const Curve& curve : all_curves()) {
    ++names[curve.name];
    EXPECT_TRUE(std::ranges::is_sorted(curve.grid)) << curve.name;
  }
  EXPECT_EQ(names.size(), all_curves().size());
}

// What the configuration says, and no core could do otherwise.
TEST(Trials, FrontEnd) {
  EXPECT_NEAR(cycles_a_unit(fetch_trial(8, 0)), 1, 0.01);
  EXPECT_NEAR(cycles_a_unit(fetch_trial(16, 0)), 2, 0.01);
  EXPECT_NEAR(cycles_a_unit(fetch_trial(16, 4)), 2, 0.01) << "a window ends with its page";
  EXPECT_NEAR(cycles_a_unit(fetch_trial(20, 4)), 3, 0.02);
  EXPECT_NEAR(cycles_a_unit(taken_branches_trial(100, 4)), 1, 0.01) << "one taken branch a cycle";
  EXPECT_NEAR(cycles_a_unit(calls_trial(20, 1)), 2, 0.15) << "a call and its return";
  const double lost = 51 * cycles_a_unit(calls_trial(51, 1)) - 50 * cycles_a_unit(calls_trial(50, 1));
  EXPECT_NEAR(lost / 50, core().branch.return_penalty + 3, 0.5) << "of 51 returns fifty are forgotten";
  EXPECT_NEAR(cycles_a_unit(calls_trial(16, 2)), 4.5, 0.2)
      << "three and a half taken branches, and a direction that turns";
}

TEST(Trials, MispredictionsCostTheirPenalty) {
  const Trial random = conditional_branches_trial(Bits::kRandom);
  const Trial known = conditional_branches_trial(Bits::kAlternating);
  const double extra =
      cycles_of(random, core(), Model::kFastCore) - cycles_of(known, core(), Model::kFastCore);
  EXPECT_NEAR(extra / random.units, core().branch.mispredict_penalty, 1);
}

TEST(Trials, LinksOverlapAsLongAsTheWindowReaches) {
  for (const Model model : {Model::kCore, Model::kFastCore}) {
    const auto cycles = [model](std::uint64_t fillers) {
      return cycles_a_unit(window_trial(Link::kMiss, {0xab0200bf}, fillers), model);  // cmn x5, x2: flags
    };
    const double overlapped = cycles(core().prf.flags - 3);
    EXPECT_GT(cycles(core().prf.flags + 3), 1.7 * overlapped);
  }
}

// A load gives its queue entry back before it retires, if nothing before it can fail.
TEST(Trials, LoadsBehindRootsFillTheWindowNotTheirQueue) {
  constexpr std::uint32_t kLoad = 0xf9400065;  // ldr x5, [x3]
  for (const Model model : {Model::kCore, Model::kFastCore}) {
    const auto roots = [model](std::uint64_t n) {
      return cycles_a_unit(window_trial(Link::kRoots, {kLoad}, n), model);
    };
    const auto miss = [model](std::uint64_t n) {
      return cycles_a_unit(window_trial(Link::kMiss, {kLoad}, n), model);
    };
    EXPECT_LT(roots(2 * core().lsq.load_entries), 1.5 * roots(20));
    EXPECT_GT(miss(2 * core().lsq.load_entries), 1.7 * miss(20));
  }
}

TEST(Trials, LatencyByLevel) {
  EXPECT_NEAR(cycles_a_unit(latency_trial(64 * 1024)), kChased, 0.05);
  EXPECT_NEAR(cycles_a_unit(latency_trial(1024 * 1024)), core().l2.load_to_use, 0.5);
}

TEST(Trials, PagesByLevelOfTheirTranslation) {
  const double known = cycles_a_unit(pages_trial(110, 16384, InPage::kLineOfItsOwn));
  EXPECT_NEAR(known, kChased, 0.05);
  EXPECT_NEAR(cycles_a_unit(pages_trial(600, 16384, InPage::kLineOfItsOwn)) - known,
              core().mmu.dtlb.miss_extra, 0.5);
}

TEST(Trials, ChainsRunSideBySide) {
  const double alone = cycles_a_unit(parallel_misses_trial(1));
  EXPECT_NEAR(cycles_a_unit(parallel_misses_trial(4)), alone / 4, 0.1 * alone / 4);
}

TEST(Trials, StreamsCountTheirBytes) {
  const auto bytes_a_cycle = [](Stream stream) { return 1 / cycles_a_unit(stream_trial(stream, 32 * 1024)); };
  EXPECT_NEAR(bytes_a_cycle(Stream::kRead), 48, 1);
  EXPECT_NEAR(bytes_a_cycle(Stream::kWrite), 32, 1);
  EXPECT_NEAR(bytes_a_cycle(Stream::kCopy), 32, 1);
}

TEST(Trials, AStoreGivesItsDataToTheLoadBehindIt) {
  const timing::LsqConfig lsq = core().lsq;
  // More loads than are known for what they need: some take one way, some the other.
  EXPECT_GT(cycles_a_unit(forwarding_trial(0)), lsq.forward_predicted_latency + 0.5);
  EXPECT_LT(cycles_a_unit(forwarding_trial(0)), lsq.forward_latency - 0.5);
  EXPECT_NEAR(cycles_a_unit(forwarding_trial(forwarding_cases().size() - 1)), lsq.forward_fail_latency, 0.5);
  EXPECT_NEAR(cycles_a_unit(store_load_pairs_trial(Needs::kData, 1, 20)), lsq.forward_predicted_latency, 0.1);
  EXPECT_NEAR(cycles_a_unit(store_load_pairs_trial(Needs::kAddress, 1, 20)),
              lsq.forward_predicted_latency + 1, 0.1);
  EXPECT_LT(cycles_a_unit(store_load_pairs_trial(Needs::kNothing, 1, 20)), 1);
}

}  // namespace
}  // namespace m2sim::calibration
