// Books by instruction sum to the statistics, whatever the program and wherever it is cut, and name who is to
// blame.
#include "timing/probe/attribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "emu/machine.h"
#include "tests/timing/random_program.h"
#include "timing/run/simulation.h"

namespace m2sim::timing {
namespace {

struct Sums {
  std::int64_t insts = 0;
  std::array<std::uint64_t, kStallReasonCount> slots{};
  bool operator==(const Sums&) const = default;
};

Sums sums_of(const Attribution& books) {
  Sums sums;
  for (const InstBooks& inst : books.insts()) {
    sums.insts += inst.insts;
    for (std::size_t r = 0; r < kStallReasonCount; ++r) sums.slots[r] += inst.slots[r];
  }
  return sums;
}

Sums sums_of(const TimingStats& stats) {
  return {static_cast<std::int64_t>(stats.core.insts), stats.core.slots};
}

InstBooks books_at(const Attribution& books, std::uint64_t pc) {
  const std::vector<InstBooks> insts = books.insts();
  const auto found =
      std::find_if(insts.begin(), insts.end(), [&](const InstBooks& inst) { return inst.pc == pc; });
  EXPECT_NE(found, insts.end()) << "nothing was booked to " << pc;
  return found == insts.end() ? InstBooks{} : *found;
}

template <class Model>
class Books : public ::testing::Test {};
using Kept = ::testing::Types<BasicCore<AttributionProbe>, BasicFastCore<AttributionProbe>>;
TYPED_TEST_SUITE(Books, Kept);

TYPED_TEST(Books, SumToTheStatistics) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SyntheticProgram program;
    random_program(program, seed, 2000, seed % 2 == 0 ? 4096 : 1U << 22);
    Attribution books;
    TypeParam model(m2_pcore(), AttributionProbe(books));
    books.begin(model);
    program.feed(model);
    books.end(model);
    EXPECT_EQ(sums_of(books), sums_of(model.stats())) << "seed " << seed;
  }
}

TYPED_TEST(Books, OfNothingAreEmpty) {
  Attribution books;
  TypeParam model(m2_pcore(), AttributionProbe(books));
  SyntheticProgram program;
  random_program(program, 1, 100, 4096);
  program.feed(model);
  EXPECT_TRUE(books.insts().empty());
}

// A load that misses, and work that does not wait for it: the load is to blame, and for DRAM.
TYPED_TEST(Books, BlameTheLoadThatMisses) {
  Words body = repeat(4, {a64::add(1, 1, 1)});
  body.push_back(a64::ldr(2, 3));
  close_loop(body);
  SyntheticProgram program;
  const std::uint32_t id = program.block(kCode, body);
  constexpr std::uint64_t kTurns = 2000;
  for (std::uint64_t i = 0; i < kTurns; ++i) program.run(id, {kData + i * 7919 * 16384 % (1ULL << 30)});
  Attribution books;
  TypeParam model(m2_pcore(), AttributionProbe(books));
  books.begin(model);
  program.feed(model);
  books.end(model);
  const InstBooks load = books_at(books, kCode + 16);
  const auto dram = static_cast<std::size_t>(StallReason::kMemoryDram);
  const auto tlb = static_cast<std::size_t>(StallReason::kDataTlb);
  std::uint64_t all = 0;
  for (const std::uint64_t slots : model.stats().core.slots) all += slots;
  EXPECT_GT(load.slots[dram] + load.slots[tlb], all / 2);
  EXPECT_EQ(load.insts, kTurns);
}

// cmp and b.lt are one uop: each has retired.
TYPED_TEST(Books, CountBothOfAFusedPair) {
  Words body = {a64::nop()};
  close_loop(body);
  SyntheticProgram program;
  const std::uint32_t id = program.block(kCode, body);
  for (unsigned i = 0; i < 100; ++i) program.run(id, {});
  Attribution books;
  TypeParam model(m2_pcore(), AttributionProbe(books));
  books.begin(model);
  program.feed(model);
  books.end(model);
  for (std::uint64_t pc = kCode; pc < kCode + 16; pc += 4) EXPECT_EQ(books_at(books, pc).insts, 100) << pc;
}

// In phases: with warming up, cut in the middle of blocks, with code that changes and faults.
Phase phase(std::uint64_t insts, Listener listener) { return {{.insts = insts}, listener}; }

void expect_books(const std::string& guest, Mode mode, const std::vector<Phase>& phases) {
  emu::MachineOptions options;
  options.program = std::string(M2SIM_BINARY_DIR) + "/tests/guests/" + guest;
  emu::Machine watched(options);
  Attribution books;
  Simulation simulation{mode, m2_pcore(), phases};
  simulation.attribution = &books;
  const Outcome outcome = simulate(watched, simulation);
  emu::Machine plain(options);
  const Outcome expected = simulate(plain, {mode, m2_pcore(), phases});
  ASSERT_TRUE(outcome.timing && expected.timing);
  EXPECT_EQ(values(*outcome.timing), values(*expected.timing)) << guest;
  EXPECT_EQ(sums_of(books), sums_of(*outcome.timing)) << guest << " in " << phases.size() << " phases";
}

// Two callers of one function in turns, near enough that both calls are in flight: each has its own.
TYPED_TEST(Books, TellCallersApart) {
  constexpr std::uint64_t kCallee = kCode + 0x400;
  const auto bl = [](std::uint64_t from, std::uint64_t to) {
    return 0x94000000U | (static_cast<std::uint32_t>((to - from) / 4) & 0x03FFFFFFU);
  };
  SyntheticProgram program;
  const std::uint32_t first = program.block(kCode, {a64::nop(), bl(kCode + 4, kCallee)});
  const std::uint32_t second = program.block(kCode + 8, {bl(kCode + 8, kCallee)});
  const std::uint32_t back = program.block(kCode + 12, {a64::b(-12)});
  const std::uint32_t callee = program.block(kCallee, {a64::sdiv(1, 1, 2), a64::sdiv(1, 1, 2), 0xD65F03C0U});
  constexpr std::int64_t kTurns = 500;
  for (std::int64_t i = 0; i < kTurns; ++i) {
    for (const std::uint32_t id : {first, callee, second, callee, back}) program.run(id);
  }
  Attribution books;
  TypeParam model(m2_pcore(), AttributionProbe(books));
  books.begin(model);
  program.feed(model);
  books.end(model);
  std::map<std::uint64_t, Sums> by_site;
  books.each([&](const Charge& charge) {
    if (charge.pc < kCallee) return;
    Sums& sums = by_site[books.paths().paths()[charge.path].site];
    sums.insts += charge.insts;
    sums.slots[static_cast<std::size_t>(charge.reason)] += charge.slots;
  });
  ASSERT_EQ(by_site.size(), 2U);
  const Sums& one = by_site[kCode + 4];
  const Sums& other = by_site[kCode + 8];
  EXPECT_EQ(one.insts, 3 * kTurns);
  EXPECT_EQ(other.insts, 3 * kTurns);
  const auto divide = static_cast<std::size_t>(StallReason::kDependDivide);
  EXPECT_GT(one.slots[divide], 0U);
  EXPECT_NEAR(static_cast<double>(one.slots[divide]), static_cast<double>(other.slots[divide]),
              0.05 * static_cast<double>(one.slots[divide]));
}

// Instructions are nobody's only where a fault or the end of a phase has cut their block.
TEST(Attribution, EveryInstructionOfAWholeRunHasItsPlace) {
  for (const Mode mode : {Mode::kTiming, Mode::kFastTiming}) {
    emu::MachineOptions options;
    options.program = std::string(M2SIM_BINARY_DIR) + "/tests/guests/long_blocks";
    emu::Machine machine(options);
    Attribution books;
    Simulation simulation{mode, m2_pcore(), {Phase{}}};
    simulation.attribution = &books;
    simulate(machine, simulation);
    ASSERT_FALSE(books.insts().empty());
    for (const InstBooks& inst : books.insts()) {
      if (inst.pc == 0) {
        EXPECT_EQ(inst.insts, 0);
      }
    }
  }
}

TEST(Attribution, SumsToWhatThePhasesCount) {
  for (const Mode mode : {Mode::kTiming, Mode::kFastTiming}) {
    for (const std::string guest : {"long_blocks", "modified_code", "fault_handler", "counted_loop"}) {
      expect_books(guest, mode, {Phase{}});
      for (const std::uint64_t length : {1U, 7U, 64U, 97U}) {
        std::vector<Phase> phases{phase(length, Listener::kNobody), phase(length, Listener::kModel)};
        for (unsigned i = 0; i < 30; ++i) {
          phases.push_back(phase(length + i, i % 3 == 1 ? Listener::kModel : Listener::kFigures));
        }
        phases.push_back(Phase{});
        expect_books(guest, mode, phases);
      }
    }
  }
}

}  // namespace
}  // namespace m2sim::timing
