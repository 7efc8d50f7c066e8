#include "timing/pipe/fetch.h"

#include <algorithm>
#include <vector>

#include "tests/timing/loop.h"

namespace m2sim::timing {
namespace {

unsigned rename_to_issue(const CoreConfig& config) {
  return config.issue.dispatch_delay + config.issue.issue_delay;
}

using namespace a64;

constexpr Cycle kStart = 100'000;

// Fetch with all that is behind it, and the blocks to come.
struct Front {
  MemoryHierarchy memory;
  BranchPredictor predictor;
  CrackTable table;
  Context context;
  FetchTargets targets;
  Fetch fetch;
  SyntheticProgram program;

  struct Record {
    CrackedBlock block;
    std::uint64_t next_pc;
  };
  std::vector<Record> records;
  std::size_t at = 0;

  explicit Front(const CoreConfig& config)
      : memory(config),
        predictor(config.branch),
        table(config),
        targets(config, memory, predictor, table, context),
        fetch(config, memory, predictor, targets) {
    fetch.restart(kStart);
  }

  // The next executed block, and that its lines are in the L1I if asked for.
  void then(std::uint64_t pc, const Words& words, std::uint64_t next_pc, bool warm = true) {
    program.block(pc, words);
    records.push_back({table.lookup(*program.pointers().back()), next_pc});
    for (std::uint64_t i = 0; warm && i < words.size(); ++i) memory.fetch(pc + 4 * i, 0);
  }
  void straight(std::uint64_t pc, unsigned insts, bool warm = true) {
    then(pc, Words(insts, nop()), pc + 4 * std::uint64_t{insts}, warm);
  }
  bool more() {
    if (fetch.needs_record() && at < records.size()) {
      const Record& record = records[at++];
      fetch.begin_record(record.block, record.block.pc, record.next_pc, at < records.size());
    }
    return !fetch.needs_record();
  }
  // The packets of the window that opens next.
  std::vector<Packet> window() {
    std::vector<Packet> packets;
    fetch.open_window(fetch.next_cycle());
    while (fetch.window_open() && more()) packets.push_back(fetch.take());
    return packets;
  }
};

unsigned insts_of(const std::vector<Packet>& packets) {
  unsigned count = 0;
  for (const Packet& packet : packets) count += packet.insts;
  return count;
}

// A core whose branches cost no time by themselves.
CoreConfig without_bubbles() {
  CoreConfig config = m2_pcore();
  config.branch.btb_l1_bubble = 0;
  config.branch.btb_l2_bubble = 0;
  config.branch.btb_miss_bubble = 0;
  config.branch.btb_override_bubble = 0;
  return config;
}

TEST(Fetch, AWindowIsAsWideAsConfiguredWhateverBlocksAreCutInto) {
  for (const std::uint32_t bytes : {4096U, 20U, 4U}) {
    CoreConfig config = m2_pcore();
    config.fetch.bytes_per_cycle = bytes;
    const unsigned width = std::min(config.fetch.instructions_per_cycle, bytes / 4);
    for (const unsigned cut : {1U, 3U, 8U, 60U}) {
      Front front(config);
      EXPECT_EQ(front.fetch.window_instructions(), width);
      const std::uint64_t begin = kCode + 20;  // in the middle of a line
      for (unsigned i = 0; i < 240; i += cut) front.straight(begin + 4 * i, cut);
      for (unsigned done = 0; done + width <= 240; done += width) {
        const Cycle now = front.fetch.next_cycle();
        ASSERT_EQ(now, kStart + done / width) << "one window a cycle";
        const std::vector<Packet> packets = front.window();
        ASSERT_EQ(insts_of(packets), width);
        for (const Packet& packet : packets) ASSERT_EQ(packet.available, now + config.decode.pipeline_cycles);
      }
    }
  }
}

TEST(Fetch, AWindowEndsWithItsPage) {
  CoreConfig config = m2_pcore();
  config.fetch.page_cross_bubble = 3;
  const unsigned width = config.fetch.instructions_per_cycle;
  const std::uint64_t page = std::uint64_t{config.mmu.page_kib} * 1024;
  const std::uint64_t end = (kCode / page + 1) * page;
  for (unsigned before = 1; before <= width + 1; ++before) {
    Front front(config);
    front.straight(end - 4 * before, 40);
    const unsigned first = std::min(before, width);
    EXPECT_EQ(insts_of(front.window()), first);
    const bool leaves = before <= width;
    EXPECT_EQ(front.fetch.next_cycle(), kStart + 1 + (leaves ? config.fetch.page_cross_bubble : 0)) << before;
    EXPECT_EQ(insts_of(front.window()), leaves ? width : before - width);
  }
}

TEST(Fetch, TakenBranchesEndAWindowByTheirNumber) {
  for (const std::uint32_t taken : {1U, 2U, 3U}) {
    CoreConfig config = without_bubbles();
    config.fetch.taken_branches_per_cycle = taken;
    config.fetch.branches_per_cycle = 4;
    Front front(config);
    for (std::uint64_t i = 0; i < 12; ++i) front.then(kCode + 64 * i, {b(64)}, kCode + 64 * (i + 1));
    for (unsigned i = 0; i < 12 / taken; ++i) {
      EXPECT_EQ(front.fetch.next_cycle(), kStart + i);
      EXPECT_EQ(front.window().size(), taken);
    }
  }
}

TEST(Fetch, AllBranchesEndAWindowByTheirNumber) {
  for (const std::uint32_t branches : {1U, 2U, 5U}) {
    CoreConfig config = without_bubbles();
    config.fetch.branches_per_cycle = branches;
    config.fetch.taken_branches_per_cycle = 1;
    Front front(config);
    for (std::uint64_t i = 0; i < 20; ++i) front.then(kCode + 4 * i, {b_lt(64)}, kCode + 4 * (i + 1));
    for (unsigned i = 0; i < 20 / branches; ++i) {
      EXPECT_EQ(front.fetch.next_cycle(), kStart + i);
      EXPECT_EQ(front.window().size(), branches) << "not taken, but branches";
    }
  }
}

TEST(Fetch, ALateTargetIsABubbleBehindItsBranch) {
  CoreConfig config = without_bubbles();
  config.branch.btb_miss_bubble = 5;
  config.fetch.taken_branches_per_cycle = 4;
  Front front(config);
  front.then(kCode, {b(64)}, kCode + 64);
  front.straight(kCode + 64, 60);
  EXPECT_EQ(front.window().size(), 1U);
  EXPECT_EQ(front.fetch.next_cycle(), kStart + 1 + config.branch.btb_miss_bubble);
  EXPECT_EQ(front.window().front().reason, StallReason::kBranchBubble);
  EXPECT_EQ(front.fetch.next_cycle(), kStart + 2 + config.branch.btb_miss_bubble);
  EXPECT_EQ(front.window().front().reason, StallReason::kFetch) << "the window after is late for nothing";
}

TEST(Fetch, BehindAMispredictedBranchItWaitsForTheRedirect) {
  const CoreConfig config = without_bubbles();
  struct Case {
    Words words;
    std::uint32_t penalty;
    StallReason reason;
  };
  constexpr std::uint32_t kRet = 0xD65F03C0;
  constexpr std::uint32_t kBr = 0xD61F0060;
  using enum StallReason;
  for (const Case& c : {Case{{nop(), b_lt(64)}, config.branch.mispredict_penalty, kMispredictConditional},
                        Case{{nop(), kBr}, config.branch.mispredict_penalty, kMispredictIndirect},
                        Case{{nop(), kRet}, config.branch.return_penalty, kMispredictReturn}}) {
    Front front(config);
    front.then(kCode, c.words, kCode + 64);
    front.straight(kCode + 64, 60);
    const std::vector<Packet> packets = front.window();
    ASSERT_EQ(packets.size(), 1U) << "nothing of the wrong path";
    EXPECT_EQ(packets.front().penalty, c.penalty);
    EXPECT_EQ(front.fetch.next_cycle(), kNever);
    constexpr Cycle kExecuted = kStart + 50;
    front.fetch.redirect(kExecuted, packets.front().penalty);
    const std::vector<Packet> right = front.window();
    EXPECT_EQ(right.front().available + rename_to_issue(config), kExecuted + c.penalty) << "may execute";
    EXPECT_EQ(right.front().reason, c.reason);
    EXPECT_EQ(right.front().penalty, 0);
  }
}

TEST(Fetch, ARedirectInTheFirstCyclesDoesNotReachBehindTheStart) {
  const CoreConfig config = m2_pcore();
  Front front(config);
  front.fetch.redirect(0, rename_to_issue(config));
  EXPECT_EQ(front.fetch.next_cycle(), 0U);
  front.fetch.redirect(config.decode.pipeline_cycles + 1, 0);
  EXPECT_EQ(front.fetch.next_cycle(), 1U) << "no sooner than it executed";
}

TEST(Fetch, AMissEndsTheWindowAndDelaysWhatComes) {
  const CoreConfig config = m2_pcore();
  const std::uint64_t line = config.l1i.cache.line_bytes;
  for (const std::uint64_t offset : {std::uint64_t{0}, line - 8}) {  // the second reaches into another line
    Front front(config);
    front.straight(kCode + offset, 4, false);
    front.straight(kCode + offset + 16, 60, false);
    MemoryHierarchy beside(config);
    Cycle ready = beside.fetch(kCode, kStart);
    if (offset != 0) ready = std::max(ready, beside.fetch(kCode + line, kStart));
    ASSERT_GT(ready, kStart);
    const std::vector<Packet> packets = front.window();
    ASSERT_EQ(packets.size(), 1U);
    EXPECT_EQ(packets.front().available, ready + config.decode.pipeline_cycles);
    EXPECT_EQ(packets.front().reason, StallReason::kInstructionCache);
    EXPECT_EQ(front.fetch.next_cycle(), ready + 1);
  }
}

TEST(Fetch, EachLineIsAskedForOnceAndNoneBeyondTheLast) {
  CoreConfig config = m2_pcore();
  const unsigned insts = config.l1i.cache.line_bytes / 4;
  config.fetch.instructions_per_cycle = 4;  // several windows a line
  Front front(config);
  front.straight(kCode, insts, false);
  front.straight(kCode + 4 * insts, insts, false);
  unsigned done = 0;
  while (done < 2 * insts) {
    done += insts_of(front.window());
    EXPECT_EQ(front.memory.stats().l1i.accesses, (done + insts - 1) / insts) << done;
  }
}

TEST(Fetch, PacketsHoldAllUopsOfTheirBlocksOnceAndInOrder) {
  CoreConfig config = without_bubbles();
  config.fetch.instructions_per_cycle = 3;
  Front front(config);
  const Words words = {ldr_post(0, 1, 8), add(2, 0, 1), ldp(3, 4, 5), cmp(2, 3), b_lt(64)};
  for (std::uint64_t i = 0; i < 10; ++i) front.then(kCode + 20 * i, words, kCode + 20 * (i + 1));
  std::vector<const UopInfo*> uops;
  while (front.more()) {
    for (const Packet& packet : front.window()) {
      for (const UopInfo* uop = packet.begin; uop != packet.end; ++uop) uops.push_back(uop);
    }
  }
  std::size_t next = 0;
  for (const Front::Record& record : front.records) {
    for (unsigned i = 0; i < record.block.first_uop[record.block.inst_count]; ++i) {
      ASSERT_LT(next, uops.size());
      ASSERT_EQ(uops[next++], record.block.uops + i);
    }
  }
  EXPECT_EQ(next, uops.size());
}

TEST(Fetch, TheLastBlockWentNowhere) {
  Front front(m2_pcore());
  front.then(kCode, {b_lt(64)}, kCode + 64);
  EXPECT_EQ(front.window().front().penalty, 0);
  EXPECT_EQ(front.predictor.stats().branches, 0U);
  EXPECT_NE(front.fetch.next_cycle(), kNever);
}

TEST(Fetch, ARestartBeginsWhereItIsTold) {
  Front front(m2_pcore());
  front.straight(kCode, 60);
  front.fetch.open_window(kStart);
  front.fetch.restart(kStart + 77);
  EXPECT_FALSE(front.fetch.window_open());
  EXPECT_EQ(front.fetch.next_cycle(), kStart + 77);
  EXPECT_EQ(front.window().front().reason, StallReason::kSerialize);
}

}  // namespace
}  // namespace m2sim::timing
