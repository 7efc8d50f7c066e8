#include "timing/run/observer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "timing/run/simulation.h"

namespace m2sim::timing {
namespace {

struct Listing : Observer {
  void now(Activity activity, const emu::EmulatorStats& stats) override {
    seen.push_back(activity);
    insts.push_back(stats.insts);
  }
  std::vector<Activity> seen;
  std::vector<std::uint64_t> insts;
};

Outcome run(Mode mode, Observer* observer) {
  emu::MachineOptions options;
  options.program = std::string(M2SIM_BINARY_DIR) + "/tests/guests/modified_code";
  emu::Machine machine(options);
  return simulate(machine, {.mode = mode, .observer = observer});
}

TEST(Observer, SeesTheModelWorkBetweenBatches) {
  for (const Mode mode : {Mode::kTiming, Mode::kFastTiming}) {
    Listing listing;
    const Outcome outcome = run(mode, &listing);
    ASSERT_GE(listing.seen.size(), 5U);
    EXPECT_EQ(listing.seen.front(), Activity::kEmulation);
    EXPECT_EQ(listing.seen.back(), Activity::kAround);
    for (std::size_t i = 0; i + 1 < listing.seen.size(); ++i) {
      EXPECT_EQ(listing.seen[i], i % 2 == 0 ? Activity::kEmulation : Activity::kModel) << i;
      EXPECT_LE(listing.insts[i], listing.insts[i + 1]);
    }
    EXPECT_EQ(listing.insts.front(), 0U);
    EXPECT_EQ(listing.insts.back(), outcome.figures.instructions);
  }
}

TEST(Observer, OfAnEmulationSeesItsTwoEnds) {
  Listing listing;
  const Outcome outcome = run(Mode::kEmulation, &listing);
  EXPECT_EQ(listing.seen, (std::vector{Activity::kEmulation, Activity::kAround}));
  EXPECT_EQ(listing.insts.back(), outcome.emulation.insts);
}

TEST(Observer, ChangesNothing) {
  for (const Mode mode : {Mode::kEmulation, Mode::kTiming, Mode::kFastTiming}) {
    Listing listing;
    const Outcome seen = run(mode, &listing);
    const Outcome alone = run(mode, nullptr);
    EXPECT_EQ(seen.figures.instructions, alone.figures.instructions);
    ASSERT_EQ(seen.timing.has_value(), alone.timing.has_value());
    if (seen.timing) {
      EXPECT_EQ(values(*seen.timing), values(*alone.timing));
    }
  }
}

}  // namespace
}  // namespace m2sim::timing
