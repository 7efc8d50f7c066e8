#include "timing/run/clocked.h"

#include <gtest/gtest.h>

#include "timing/cycle.h"

namespace m2sim::timing {
namespace {

struct Model {
  static constexpr bool kLogs = true;
  Cycle cycles = 0;
  unsigned consumed = 0;
  unsigned cleared = 0;

  void consume(const emu::RetiredBatch& batch) {
    cycles += batch.insts;
    ++consumed;
  }
  void blocks_cleared() { ++cleared; }
  Cycle now() const { return cycles; }
};

TEST(ClockedTest, TellsTheCyclesAsTime) {
  constexpr std::uint64_t kMhz = 3500;
  Model model;
  Clocked<Model, Model> clocked(model, model, kMhz);
  static_assert(emu::TellsTime<decltype(clocked)> && !emu::TellsTime<Model>);
  EXPECT_EQ(clocked.ticks(), 0U);
  emu::RetiredBatch batch;
  batch.insts = 7 * kMhz;  // of a microsecond each
  clocked.consume(batch);
  EXPECT_EQ(clocked.ticks(), 7 * 1000 * emu::kInstsPerNanosecond);
  clocked.blocks_cleared();
  EXPECT_EQ(model.consumed, 1U);
  EXPECT_EQ(model.cleared, 1U);
}

}  // namespace
}  // namespace m2sim::timing
