// What a run says that it depended on must be all: with every other configuration that keeps it, all
// statistics are the same.
#include "timing/config/premises.h"

#include <array>
#include <bit>
#include <cstddef>
#include <string>

#include "tests/timing/random_program.h"
#include "timing/probe/premise_probe.h"

namespace m2sim::timing {
namespace {

struct Seen {
  TimingStats stats;
  Premises premises;
};

Seen run(const SyntheticProgram& program, const CoreConfig& config) {
  BasicFastCore<PremiseProbe> model(config, PremiseProbe(config));
  program.feed(model, 20);
  return {model.stats(), model.premises()};
}

bool same(const TimingStats& a, const TimingStats& b) {
  using Bytes = std::array<std::byte, sizeof(TimingStats)>;
  return std::bit_cast<Bytes>(a) == std::bit_cast<Bytes>(b);
}

// One of the numbers, or two of them; small values are likely, as they decide more.
CoreConfig changed(CoreConfig config, Random& random) {
  for (unsigned n = 1 + random.below(2); n != 0; --n) {
    switch (random.below(5)) {
      case 0:
        config.rob.groups = 20 + random.below(500) / (1 + random.below(20));
        break;
      case 1:
        config.fetch.buffer_instructions = 16 + random.below(180) / (1 + random.below(10));
        break;
      case 2:
        config.issue.queue_difference = 1 + random.below(12);
        break;
      case 3:
        config.lsq.forward_predicted_latency = 1 + random.below(12);
        break;
      default:
        config.dispatch_queues[random.below(2)].bound_cycles = random.below(256) / (1 + random.below(40));
    }
  }
  return config;
}

TEST(Premises, WhatKeepsThemChangesNothing) {
  unsigned kept = 0;
  unsigned broken = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    Random random(seed);
    SyntheticProgram program;
    random_program(program, seed, 100, seed % 2 == 0 ? 256 : 1U << 20);
    const CoreConfig config = seed % 3 == 0 ? m2_pcore() : changed(m2_pcore(), random);
    const Seen first = run(program, config);
    for (unsigned n = 0; n < 12; ++n) {
      const CoreConfig other = changed(config, random);
      const bool keeps = first.premises.hold(other);
      ++(keeps ? kept : broken);
      if (!keeps) continue;
      EXPECT_TRUE(same(first.stats, run(program, other).stats)) << "seed " << seed << ", " << n;
    }
  }
  EXPECT_GT(kept, 200U);
  EXPECT_GT(broken, 200U);
}

TEST(Premises, AProbeForThemChangesNothing) {
  SyntheticProgram program;
  random_program(program, 7, 200, 4096);
  FastCore model(m2_pcore());
  program.feed(model, 20);
  EXPECT_TRUE(same(model.stats(), run(program, m2_pcore()).stats));
}

TEST(Premises, EachNumberIsInThem) {
  const CoreConfig config = m2_pcore();
  Premises premises(config);
  EXPECT_TRUE(premises.hold(config));
  Random random(1);
  premises.only_these();
  for (unsigned n = 0; n < 100; ++n) {
    const CoreConfig other = changed(config, random);
    using Bytes = std::array<std::byte, sizeof(CoreConfig)>;
    EXPECT_EQ(premises.hold(other), std::bit_cast<Bytes>(other) == std::bit_cast<Bytes>(config));
    EXPECT_EQ(std::bit_cast<Bytes>(without_premises(other)), std::bit_cast<Bytes>(without_premises(config)));
  }
}

TEST(Premises, BothRunsCount) {
  Premise one(10);
  one.compares(7);
  Premise other(10);
  other.compares(20);
  one.also(other);
  EXPECT_FALSE(one.holds(7));
  EXPECT_TRUE(one.holds(8));
  EXPECT_TRUE(one.holds(20));
  EXPECT_FALSE(one.holds(21));
}

}  // namespace
}  // namespace m2sim::timing
