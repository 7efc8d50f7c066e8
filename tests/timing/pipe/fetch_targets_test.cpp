#include "timing/pipe/fetch_targets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/timing/loop.h"
#include "timing/pipe/parts.h"

namespace m2sim::timing {
namespace {

using namespace a64;

constexpr Cycle kStart = 100'000;
constexpr std::uint64_t kLine = 64;
constexpr std::uint64_t kStep = 2 * kLine;

// Blocks that lie in every second line of a page that the ITLB has, each of which goes to the next.
struct Path {
  Parts parts;
  SyntheticProgram program;
  std::vector<std::uint64_t> log;
  std::vector<const emu::Block*> pointers;

  // The first `known` blocks have been executed.
  Path(const CoreConfig& config, const std::vector<Words>& blocks, std::size_t known = SIZE_MAX)
      : parts(config) {
    for (std::size_t i = 0; i < blocks.size(); ++i) log.push_back(program.block(at(i), blocks[i]));
    pointers = program.pointers();
    parts.memory.fetch(kCode + kLine, 0);
    parts.begin(batch());
    for (std::size_t i = 0; i < std::min(known, pointers.size()); ++i) parts.table.lookup(*pointers[i]);
  }
  static std::uint64_t at(std::size_t block) { return kCode + kStep * block; }
  emu::RetiredBatch batch() const { return {log, pointers, emu::kNoBlock, 0, 0}; }

  // The BTB has seen the branches.
  void teach() {
    for (std::size_t i = 0; i + 1 < pointers.size(); ++i) {
      const CrackedBlock& block = parts.table.lookup(*pointers[i]);
      parts.predictor.observe({block.branch_pc(), block.branch}, true, at(i + 1));
    }
  }
  // Prediction gets ahead from a block whose line is there.
  void look_ahead(std::size_t from = 0) { parts.targets.look_ahead({at(from), at(from), kStart, kStart}); }
  std::uint64_t asked() const { return parts.memory.stats().l1i.prefetches; }
  Cycle there(std::size_t block) { return parts.memory.prefetch_code(at(block), kStart); }
  // All blocks once, as fast as their lines come; the cycle in which the last can be renamed.
  Cycle fetch() {
    Cycle last = kStart;
    Fetch& fetch = parts.fetch;
    fetch.restart(kStart);
    for (const emu::Record& record : emu::records(batch())) {
      parts.begin(record);
      while (!fetch.needs_record()) {
        if (!fetch.window_open()) fetch.open_window(fetch.next_cycle());
        last = fetch.take().available;
      }
    }
    return last;
  }
};

const Words kBranch = {nop(), b(kStep - 4)};
const Words kConditional = {nop(), b_lt(kStep - 4)};
constexpr std::uint32_t kRet = 0xD65F03C0;

TEST(FetchTargets, MissesOfAPredictedPathOverlap) {
  CoreConfig config = m2_pcore();
  const std::vector<Words> blocks(40, kBranch);
  Path ahead(config, blocks);
  ahead.teach();
  const Cycle with = ahead.fetch();
  EXPECT_EQ(ahead.parts.memory.stats().l1i.misses, 2U) << "and the line that the ITLB learnt with";
  config.fetch.targets_ahead = 0;
  Path behind(config, blocks);
  behind.teach();
  const Cycle without = behind.fetch();
  EXPECT_EQ(behind.parts.memory.stats().l1i.misses, blocks.size() + 1);
  EXPECT_LT(with - kStart, (without - kStart) * 2 / 3);
}

TEST(FetchTargets, LooksSoManyLinesAhead) {
  CoreConfig config = m2_pcore();
  for (const std::uint32_t lines : {0U, 1U, 7U, 64U}) {
    config.fetch.targets_ahead = lines;
    Path path(config, std::vector<Words>(40, kBranch));
    path.teach();
    path.look_ahead();
    EXPECT_EQ(path.asked(), std::min(lines, 39U));
  }
}

TEST(FetchTargets, APathEndsWhereNothingIsKnown) {
  std::vector<Words> blocks(20, kBranch);
  Path unseen(m2_pcore(), blocks, 8);
  unseen.look_ahead();
  EXPECT_EQ(unseen.asked(), 7U) << "code that was never executed";
  blocks[5] = {nop(), kRet};
  Path returns(m2_pcore(), blocks);
  returns.look_ahead();
  EXPECT_EQ(returns.asked(), 5U) << "a return without a call";
  EXPECT_FALSE(returns.parts.targets.leads());
  returns.look_ahead();
  EXPECT_EQ(returns.asked(), 5U) << "until fetch has got there";
}

TEST(FetchTargets, APathEndsAtAPageThatTheItlbLacks) {
  const CoreConfig config = m2_pcore();
  const std::size_t first = std::size_t{config.mmu.page_kib} * 1024 / kStep;
  Path path(config, std::vector<Words>(first + 5, kBranch));
  path.look_ahead(first - 3);
  EXPECT_EQ(path.asked(), 2U);
}

// A target that only predecode has is known when the line of its branch is there.
TEST(FetchTargets, AnUnknownTargetWaitsForItsLine) {
  const CoreConfig config = m2_pcore();
  const std::vector<Words> blocks(8, kBranch);
  Path known(config, blocks);
  known.teach();
  known.look_ahead();
  Path unknown(config, blocks);
  unknown.look_ahead();
  for (std::size_t i = 2; i < blocks.size(); ++i) {
    EXPECT_EQ(known.there(i) - known.there(i - 1), config.l1i.refill_interval) << i;
    EXPECT_GT(unknown.there(i) - unknown.there(i - 1), config.l2.load_to_use) << i;
  }
}

TEST(FetchTargets, AWrongPathIsLeft) {
  std::vector<Words> blocks(20, kBranch);
  blocks[2] = kConditional;  // seen never, so predicted not taken
  Path path(m2_pcore(), blocks);
  path.program.block(Path::at(2) + 8, kBranch);  // where that leads
  path.parts.table.lookup(*path.program.pointers().back());
  path.look_ahead();
  FetchTargets& targets = path.parts.targets;
  EXPECT_EQ(path.asked(), 2U);
  targets.finish(Path::at(1));
  targets.finish(Path::at(2));
  targets.finish(Path::at(3));
  path.look_ahead(3);
  EXPECT_EQ(path.asked(), 18U) << "it begins anew, from the fourth on";
}

TEST(FetchTargets, GivesUpItsLeadWhereAllIsThere) {
  Path path(m2_pcore(), std::vector<Words>(250, kBranch));
  path.teach();
  for (std::size_t i = 0; i < 250; ++i) path.parts.memory.fetch(Path::at(i), 0);
  FetchTargets& targets = path.parts.targets;
  path.look_ahead();
  EXPECT_TRUE(targets.leads());
  std::size_t at = 0;
  for (; at < 200 && targets.leads(); ++at) {
    targets.advance(1);
    targets.finish(Path::at(at + 1));
    path.look_ahead(at + 1);
  }
  EXPECT_LT(at, 130U);
  EXPECT_EQ(path.asked(), 0U);
}

}  // namespace
}  // namespace m2sim::timing
