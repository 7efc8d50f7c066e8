// What the parts of a core know behind warming.
#include "timing/pipe/warming.h"

#include <gtest/gtest.h>

#include <array>
#include <span>
#include <vector>

#include "tests/timing/loop.h"
#include "timing/learned.h"
#include "timing/xorshift.h"

namespace m2sim::timing {
namespace {

// A log of a program, which says where it goes, warmed with.
struct Warmed {
  explicit Warmed(const CoreConfig& config) : parts(config), warming(parts) {}

  void consume(const SyntheticProgram& program, const std::vector<std::uint64_t>& words,
               std::uint32_t task = 0) {
    const auto pointers = program.pointers();
    warming.consume({words, pointers, emu::kNoBlock, task, words.size()});
  }

  Parts parts;
  Warming warming;
};

TEST(Warming, LoadsAndStoresBringTheirLines) {
  Warmed warm(m2_pcore());
  SyntheticProgram program;
  const std::uint64_t id = program.block(kCode, {a64::ldr(1, 2), a64::str(1, 3), a64::ldp(4, 5, 6)});
  warm.warming.begin();
  warm.consume(program, {id, kData, kData + 0x100000, kData + 0x200000});
  warm.warming.end();
  const Cycle now = warm.parts.ledger.now() + 10'000;
  MemoryHierarchy& memory = warm.parts.memory;
  EXPECT_FALSE(memory.load(kCode, kData, 8, now).miss);
  EXPECT_FALSE(memory.load(kCode, kData + 0x200008, 8, now).miss);
  EXPECT_TRUE(memory.load(kCode, kData + 0x300000, 8, now).miss);
  EXPECT_EQ(memory.fetch(kCode, now), now);
  // Stores gather, as the model's do, until their line is whole or makes room.
  EXPECT_EQ(memory.stats().l1d.store_misses, 1U);
}

TEST(Warming, TimeGoesOnByWhatAccessesWaitFor) {
  Warmed warm(m2_pcore());
  SyntheticProgram program;
  const std::uint64_t id = program.block(kCode, {a64::ldr(1, 2)});
  const Cycle before = warm.parts.ledger.now();
  warm.warming.begin();
  warm.consume(program, {id, kData, id, kData + 0x100000});
  warm.warming.end();
  EXPECT_GT(warm.parts.ledger.now(), before + 2 * warm.parts.memory.memory_latency());
}

TEST(Warming, BranchesTrainThePredictor) {
  Warmed warm(m2_pcore());
  SyntheticProgram program;
  const std::uint64_t id = program.block(kCode, {a64::nop(), a64::cbnz(1, -4)});
  warm.warming.begin();
  warm.consume(program, std::vector<std::uint64_t>(200, id));
  const std::uint64_t mispredicts = warm.parts.predictor.stats().mispredicts;
  EXPECT_GT(mispredicts, 0U);
  EXPECT_LT(mispredicts, 20U);
  BranchPredictor::Path path = warm.parts.predictor.path();
  EXPECT_EQ(warm.parts.predictor.predict({kCode + 4, BranchKind::kConditional}, kCode, path).next, kCode);
}

TEST(Warming, ThreadsHaveLinesOfTheirOwn) {
  Warmed warm(m2_pcore());
  SyntheticProgram program;
  const std::uint64_t one = program.block(kCode, {a64::ldr(1, 2)}, 0);
  const std::uint64_t other = program.block(kCode, {a64::ldr(1, 2)}, 1);
  warm.warming.begin();
  warm.consume(program, {one, kData});
  const std::uint64_t misses = warm.parts.memory.stats().l1d.misses;
  warm.consume(program, {other, kData}, 1);
  EXPECT_EQ(warm.parts.memory.stats().l1d.misses, misses + 1);
  EXPECT_EQ(warm.parts.counts.context_switches, 1U);
}

// What goes fast must leave what each access, one by one, would have: lines that are near each other, ones of
// one set, ones that lie across two lines or pages, and stores among them.
TEST(Warming, LeavesWhatTheSameAccessesLeaveOneByOne) {
  Warmed warm(m2_pcore());
  Warmed other(m2_pcore());
  SyntheticProgram program;
  const std::uint64_t id = program.block(kCode, {a64::ldr(1, 2), a64::str(1, 3), a64::ldp(4, 5, 6)});
  Xorshift random(7);
  const auto address = [&] {
    static constexpr std::array<std::uint64_t, 5> kBases{0, 64, 0x4000, 0x3FF8, 0x100000};
    return kData + kBases[random.next() % kBases.size()] + random.next() % 4 * 0x80000 + random.next() % 80;
  };
  warm.warming.begin();
  Cycle now = other.parts.ledger.now();
  MemoryHierarchy& memory = other.parts.memory;
  for (unsigned i = 0; i < 5000; ++i) {
    const std::vector<std::uint64_t> words{id, address(), address(), address()};
    warm.consume(program, words);
    now = memory.fetch(kCode, now + 1);
    now = memory.load(kCode, words[1], 8, now).ready - memory.load_to_use();
    now = memory.store(kCode + 4, words[2], 8, now) - 1;
    now = memory.load(kCode + 8, words[3], 16, now).ready - memory.load_to_use();
  }
  Learned fast;
  fast(warm.parts.memory);
  Learned slow;
  slow(memory);
  EXPECT_TRUE(fast.bytes() == slow.bytes());
  EXPECT_EQ(warm.parts.memory.stats().l1d.misses, memory.stats().l1d.misses);
  EXPECT_LT(memory.stats().l1d.misses, 4000U);
}

// Behind a gap a miss may be one only because nobody listened.
TEST(Warming, MissesBehindAGapAreUnsureUntilTheirSetIsRefreshed) {
  Warmed warm(m2_pcore());
  SyntheticProgram program;
  const std::uint64_t id = program.block(kCode, {a64::ldr(1, 2)});
  warm.warming.begin();
  warm.consume(program, {id, kData});
  EXPECT_EQ(warm.parts.memory.unsure().misses, 0U);
  warm.parts.memory.mark_gap(1);
  warm.consume(program, {id, kData + 0x100000});
  EXPECT_EQ(warm.parts.memory.unsure().misses, 1U);
  EXPECT_EQ(warm.parts.memory.unsure().hits, 0U);
}

// A hit may be one only because nobody has put the line out: if as much as was seen goes on through the gap.
TEST(Warming, HitsBehindAGapAreUnsureIfTheGapBroughtMuch) {
  constexpr std::uint64_t kPages = 256;  // a line of each: all in one set of the L1D
  for (const double times : {0.0, 1e6}) {
    Warmed warm(m2_pcore());
    SyntheticProgram program;
    const std::uint64_t id = program.block(kCode, {a64::ldr(1, 2)});
    warm.warming.begin();
    for (std::uint64_t page = 0; page < kPages; ++page) warm.consume(program, {id, kData + page * 0x4000});
    warm.parts.memory.mark_gap(times);
    warm.consume(program, {id, kData + 0x4000});
    EXPECT_EQ(warm.parts.memory.unsure().hits, times == 0 ? 0U : 1U) << times;
    // It has been used now, and is there.
    warm.consume(program, {id, kData + 0x4000});
    EXPECT_EQ(warm.parts.memory.unsure().hits, times == 0 ? 0U : 1U) << times;
  }
}

template <class Model>
class WarmedModel : public ::testing::Test {};
TYPED_TEST_SUITE(WarmedModel, Models, ModelNames);

// A loop over 32 KiB: what warming has brought, the model need not wait for.
TYPED_TEST(WarmedModel, GoesOnWithWhatWarmingLearned) {
  SyntheticProgram program;
  const std::uint64_t id = program.block(kCode, {a64::ldr(1, 2), a64::add(2, 2, 64), a64::cbnz(3, -8)});
  std::vector<std::uint64_t> words;
  for (unsigned i = 0; i < 512; ++i) {
    words.push_back(id);
    words.push_back(kData + 64 * ((i * 197) % 512));
  }
  const auto pointers = program.pointers();
  const emu::RetiredBatch batch{words, pointers, emu::kNoBlock, 0, 3 * 512};
  const auto cycles = [&](bool warm) {
    const auto model = std::make_unique<TypeParam>(m2_pcore());
    model->finish();
    Warming warming(model->parts());
    warming.begin();
    if (warm) warming.consume(batch);
    warming.end();
    const TimingStats before = model->stats();
    model->consume(batch);
    model->finish();
    const TimingStats after = difference(model->stats(), before);
    EXPECT_EQ(after.memory.l1d.misses, warm ? 0U : 512U);
    return after.core.cycles;
  };
  EXPECT_LT(2 * cycles(true), cycles(false));
}

}  // namespace
}  // namespace m2sim::timing
