#include "timing/pipe/foresight.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "tests/timing/loop.h"
#include "timing/stats.h"

namespace m2sim::timing {
namespace {

std::vector<StatValue> figures(const MemoryHierarchy& memory) {
  TimingStats stats{};
  stats.memory = memory.stats();
  return values(stats);
}

// Batches of loads that miss and of such that do not, in turns, so that it looks ahead behind some and not
// behind others; and the last records have none ahead of them.
TEST(Foresight, ChangesNothingThatIsModelled) {
  MemoryHierarchy memory(m2_pcore());
  MemoryHierarchy alone(m2_pcore());
  Context context;
  Foresight foresight;
  SyntheticProgram program;
  const std::uint64_t id = program.block(kCode, {a64::ldr(1, 2), a64::ldr(3, 4)});
  Cycle now = 0;
  for (unsigned batch = 0; batch < 6; ++batch) {
    std::vector<std::uint64_t> words;
    for (std::uint64_t i = 0; i < 100; ++i) {
      const std::uint64_t far = batch % 2 == 0 ? 0x10'0000 * (i + 100 * batch + 1) : 0;
      words.insert(words.end(), {id, kData + far, kData + 8 * (i % 8)});
    }
    const auto pointers = program.pointers();
    const emu::RetiredBatch log{words, pointers, emu::kNoBlock, 0, 200};
    context.follow(log);
    foresight.begin(log, context, memory);
    EXPECT_EQ(figures(memory), figures(alone));
    for (std::size_t word = 0; word < words.size(); ++word) {
      if (word % 3 == 0) {
        foresight.step(context, memory);
        continue;
      }
      const std::uint64_t address = context.locate(words[word]);
      const LoadTiming timing = memory.load(kCode, address, 8, now);
      ASSERT_EQ(timing.ready, alone.load(kCode, address, 8, now).ready);
      now = timing.ready;
    }
  }
  EXPECT_EQ(figures(memory), figures(alone));
  EXPECT_GT(memory.l1d_misses(), 300U);
}

}  // namespace
}  // namespace m2sim::timing
