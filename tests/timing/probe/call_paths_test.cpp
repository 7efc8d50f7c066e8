// Paths follow calls and returns, and find back to where the guest is when something else happens.
#include "timing/probe/call_paths.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/timing/synthetic.h"

namespace m2sim::timing {
namespace {

namespace call {
constexpr std::uint32_t bl(std::int32_t offset) {
  return 0x94000000U | (static_cast<std::uint32_t>(offset / 4) & 0x03FFFFFFU);
}
constexpr std::uint32_t blr() { return 0xD63F0000U; }   // x0
constexpr std::uint32_t br() { return 0xD61F0000U; }    // x0
constexpr std::uint32_t ret() { return 0xD65F03C0U; }   // x30
constexpr std::uint32_t save() { return 0xA9BE7BFDU; }  // stp x29, x30, [sp, #-32]!
constexpr std::uint32_t svc() { return 0xD4000001U; }
}  // namespace call

constexpr std::uint64_t kStack = 0x7f0000;

// Blocks that follow each other as a test says, and the path of each as the sites of its calls.
class Guest {
 public:
  using Sites = std::vector<std::uint64_t>;

  // At `pc`, then the thread goes on at `next`; a function that saves its link has its stack at `place`.
  Sites at(std::uint64_t pc, std::uint32_t branch, std::uint64_t next, std::uint64_t place = 0) {
    return sites(follow(Step(pc, branch, next, place != 0, space_), place));
  }
  // With a branch with link to `next` behind the save, if there is one.
  Sites calls(std::uint64_t pc, std::uint64_t next, std::uint64_t place = 0) {
    const std::uint64_t site = site_of(pc, place);
    return at(pc, call::bl(static_cast<std::int32_t>(next - site)), next, place);
  }
  // The same often: the blocks are made once.
  void calls_itself(std::uint64_t pc, std::uint64_t place, std::uint64_t times) {
    const Step step(pc, call::bl(-4), pc, true, space_);
    for (std::uint64_t i = 0; i < times; ++i) follow(step, place - 32 * i);
  }
  void returns_often(std::uint64_t pc, std::uint64_t next, std::uint64_t times) {
    const Step step(pc, call::ret(), next, false, space_);
    for (std::uint64_t i = 0; i < times; ++i) follow(step, 0);
  }
  Sites returns(std::uint64_t pc, std::uint64_t next) { return at(pc, call::ret(), next); }
  Sites sites(PathId path) const {
    Sites sites;
    for (; paths_.paths()[path].parent != kNoPath; path = paths_.paths()[path].parent) {
      sites.insert(sites.begin(), paths_.paths()[path].site);
    }
    return sites;
  }
  static std::uint64_t site_of(std::uint64_t pc, std::uint64_t place = 0) { return place == 0 ? pc : pc + 4; }
  void enter(std::uint32_t task, std::uint64_t space) { paths_.enter(task, space_ = space); }
  CallPaths& paths() { return paths_; }

 private:
  // A block that ends in `branch`, what follows it, and what the model makes of it.
  struct Step {
    Step(std::uint64_t pc, std::uint32_t branch, std::uint64_t next, bool saves, std::uint64_t space)
        : id(program.block(pc, saves ? std::vector{call::save(), branch} : std::vector{branch}, space)),
          following(program.block(next, {a64::nop()}, space)),
          cracked(table.lookup(block())) {}
    const emu::Block& block() const { return *program.pointers()[id]; }

    SyntheticProgram program;
    CrackTable table{m2_pcore()};
    std::uint32_t id;
    std::uint32_t following;
    const CrackedBlock& cracked;
  };
  PathId follow(const Step& step, std::uint64_t place) {
    return paths_.follow({&step.block(), &place, step.program.pointers()[step.following]}, step.cracked);
  }

  CallPaths paths_;
  std::uint64_t space_ = 0;
};

using Sites = Guest::Sites;

TEST(CallPaths, GoDownAtCallsAndUpAtReturns) {
  Guest guest;
  guest.paths().count_calls(true);
  EXPECT_EQ(guest.calls(0x1000, 0x2000), Sites{});
  EXPECT_EQ(guest.calls(0x2000, 0x3000), Sites{0x1000});
  EXPECT_EQ(guest.returns(0x3000, 0x2004), (Sites{0x1000, 0x2000}));
  EXPECT_EQ(guest.at(0x2004, call::blr(), 0x3000), Sites{0x1000});
  EXPECT_EQ(guest.returns(0x3000, 0x2008), (Sites{0x1000, 0x2004}));
  EXPECT_EQ(guest.returns(0x2008, 0x1004), Sites{0x1000});
  EXPECT_EQ(guest.calls(0x1004, 0x3000), Sites{});
  std::uint64_t calls = 0;
  for (const CallPath& path : guest.paths().paths()) calls += path.calls;
  EXPECT_EQ(calls, 4U);
  EXPECT_EQ(guest.paths().folded(), 0U);
}

TEST(CallPaths, AJumpToAFunctionStaysInItsCallersPath) {
  Guest guest;
  guest.calls(0x1000, 0x2000);
  guest.at(0x2000, call::br(), 0x3000);
  EXPECT_EQ(guest.returns(0x3000, 0x1004), Sites{0x1000});
  EXPECT_EQ(guest.at(0x1004, a64::nop(), 0x1008), Sites{});
}

TEST(CallPaths, AReturnOverSeveralCallsFindsTheOneItReturnsTo) {
  Guest guest;
  guest.calls(0x1000, 0x2000);
  guest.calls(0x2000, 0x3000);
  guest.calls(0x3000, 0x4000);
  guest.returns(0x4000, 0x1004);
  EXPECT_EQ(guest.at(0x1004, a64::nop(), 0x1008), Sites{});
}

// longjmp goes to behind a call of setjmp, which has returned long ago.
TEST(CallPaths, AJumpToBehindACallGoesUpToItsCaller) {
  Guest guest;
  guest.calls(0x1000, 0x2000);
  guest.calls(0x2000, 0x5000);
  guest.returns(0x5000, 0x2004);
  guest.calls(0x2004, 0x3000);
  EXPECT_EQ(guest.calls(0x3000, 0x4000), (Sites{0x1000, 0x2004}));
  guest.at(0x4000, call::br(), 0x2004);
  EXPECT_EQ(guest.at(0x2004, a64::nop(), 0x2008), Sites{0x1000});
}

// An exception leaves by a branch; the next function that saves its link lies where the first of those left
// did.
TEST(CallPaths, WhatWasLeftWithoutAReturnIsForgotten) {
  Guest guest;
  guest.calls(0x1000, 0x2000, kStack);
  for (int turn = 0; turn < 100; ++turn) {
    guest.calls(0x2000, 0x3000, kStack - 64);
    guest.at(0x3000, call::br(), 0x1100, kStack - 128);
    guest.calls(0x1100, 0x2000);
  }
  EXPECT_EQ(guest.at(0x2000, call::br(), 0x1100, kStack - 64), Sites{0x1100});
  EXPECT_EQ(guest.calls(0x1100, 0x2000), Sites{0x1100}) << "until the next function says where it lies";
  EXPECT_LT(guest.paths().paths().size(), 20U);
}

TEST(CallPaths, RecursionComesBackToItsNode) {
  Guest guest;
  guest.calls(0x1000, 0x2000, kStack);
  constexpr std::uint64_t kTurns = 3 * CallPaths::kMostFrames / 2;
  constexpr std::uint64_t kSite = 0x2004;
  guest.calls_itself(0x2000, kStack - 32, kTurns);
  EXPECT_LE(guest.paths().paths().size(), 4U);
  guest.returns_often(0x2008, kSite + 4, kTurns);
  EXPECT_EQ(guest.returns(0x2008, 0x1008), Sites{0x1004});
  EXPECT_EQ(guest.at(0x1008, a64::nop(), 0x100c), Sites{});
}

TEST(CallPaths, AHandlerHasAPathOfItsOwn) {
  Guest guest;
  guest.calls(0x1000, 0x2000, kStack);
  EXPECT_EQ(guest.at(0x2000, a64::nop(), 0x8000), Sites{0x1004});
  EXPECT_EQ(guest.calls(0x8000, 0x9000, kStack - 4096), Sites{CallPaths::kSignalSite});
  EXPECT_EQ(guest.returns(0x9000, 0x8008), (Sites{CallPaths::kSignalSite, 0x8004}));
  guest.returns(0x8008, 0xf000);
  guest.at(0xf000, call::svc(), 0x2004);
  EXPECT_EQ(guest.returns(0x2004, 0x1008), Sites{0x1004});
  EXPECT_EQ(guest.at(0x1008, a64::nop(), 0x100c), Sites{});
}

// A fault: the block is not the one that the last went to.
TEST(CallPaths, AHandlerOfAFaultHasToo) {
  Guest guest;
  guest.calls(0x1000, 0x2000, kStack);
  EXPECT_EQ(guest.at(0x8000, a64::nop(), 0x8004), Sites{CallPaths::kSignalSite});
}

TEST(CallPaths, ThreadsHaveTheirOwn) {
  Guest guest;
  guest.calls(0x1000, 0x2000);
  guest.enter(1, 0);
  EXPECT_EQ(guest.calls(0x5000, 0x2000), Sites{});
  EXPECT_EQ(guest.calls(0x2000, 0x3000), Sites{0x5000});
  guest.enter(0, 0);
  EXPECT_EQ(guest.calls(0x2000, 0x3000), Sites{0x1000});
  guest.enter(1, 0);
  EXPECT_EQ(guest.returns(0x3000, 0x2004), (Sites{0x5000, 0x2000}));
  // execve: another program.
  guest.enter(1, 7);
  EXPECT_EQ(guest.at(0x3000, a64::nop(), 0x3004), Sites{});
}

TEST(CallPaths, BeginAnewBehindWhatWasNotSeen) {
  Guest guest;
  guest.calls(0x1000, 0x2000);
  guest.paths().passed_over();
  EXPECT_EQ(guest.calls(0x6000, 0x2000), Sites{});
  EXPECT_EQ(guest.at(0x2000, a64::nop(), 0x2004), Sites{0x6000});
}

// Each call from another place: as deep as they may be, and then not deeper.
TEST(CallPaths, AreBounded) {
  Guest guest;
  constexpr std::uint64_t kTurns = CallPaths::kDeepest + 50;
  for (std::uint64_t i = 0; i < kTurns; ++i) {
    const std::uint64_t pc = 0x10000 + 0x100 * i;
    EXPECT_EQ(guest.calls(pc, pc + 0x100).size(), std::min<std::uint64_t>(i, CallPaths::kDeepest));
  }
  EXPECT_EQ(guest.paths().folded(), 50U);
  for (std::uint64_t i = kTurns; i-- > 1;) {
    const std::uint64_t pc = 0x10000 + 0x100 * i;
    guest.returns(pc + 0x100, pc + 4);
  }
  EXPECT_EQ(guest.at(0x10104, a64::nop(), 0x10108), Sites{0x10000});
}

}  // namespace
}  // namespace m2sim::timing
