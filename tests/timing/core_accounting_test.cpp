// What both models promise whatever the program: exact books, equal runs, no allocation, agreement.
#include <numeric>

#include "tests/timing/allocations.h"
#include "tests/timing/loop.h"

namespace m2sim::timing {
namespace {

using namespace a64;

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 2654435761U + 88172645463325252ULL) {}
  std::uint32_t below(std::uint32_t n) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::uint32_t>((state_ >> 20) % n);
  }

 private:
  std::uint64_t state_;
};

std::uint32_t random_word(Random& random) {
  const std::uint32_t d = random.below(8);
  const std::uint32_t n = random.below(12);
  const std::uint32_t m = random.below(12);
  switch (random.below(14)) {
    case 0:
      return mul(d, n, m);
    case 1:
      return madd(d, n, m, random.below(8));
    case 2:
      return add_lsl(d, n, m, random.below(4));
    case 3:
    case 4:
    case 5:
      return ldr(d, 12 + random.below(4));
    case 6:
    case 7:
      return str(n, 12 + random.below(4));
    case 8:
      return mov(d, n);
    case 9:
      return adds(d, n, 1);
    case 10:
      return csel(d, n, m);
    case 11:
      return fadd(d, n, m);
    default:
      return add(d, n, 1);
  }
}

// A few blocks of random work that follow each other at random; loads and stores in `bytes` of memory.
void random_program(SyntheticProgram& program, std::uint64_t seed, std::uint64_t runs, std::uint32_t bytes) {
  Random random(seed);
  constexpr unsigned kBlocks = 6;
  std::vector<std::vector<bool>> memory(kBlocks);
  for (unsigned k = 0; k < kBlocks; ++k) {
    Words words;
    const unsigned length = 3 + random.below(24);
    for (unsigned i = 0; i < length; ++i) {
      words.push_back(random_word(random));
      if (insts::operands_of(insts::decode(words.back())).memory.kind != insts::Access::kNone) {
        memory[k].push_back(true);
      }
    }
    words.push_back(cmp(random.below(8), 9));
    words.push_back(b_lt(64));
    program.block(kCode + 256 * k, words);
  }
  std::uint32_t at = 0;
  for (std::uint64_t r = 0; r < runs; ++r) {
    Addresses addresses;
    for (std::size_t i = 0; i < memory[at].size(); ++i)
      addresses.push_back(kData + 8 * random.below(bytes / 8));
    program.run(at, addresses);
    at = random.below(4) != 0 ? (at + 1) % kBlocks : random.below(kBlocks);
  }
}

template <class Model>
TimingStats run_random(std::uint64_t seed, std::uint64_t runs, std::uint32_t bytes,
                       std::size_t batch = 1000) {
  SyntheticProgram program;
  random_program(program, seed, runs, bytes);
  Model model(m2_pcore());
  program.feed(model, batch);
  return model.stats();
}

template <class Model>
class CoreAccounting : public ::testing::Test {};
TYPED_TEST_SUITE(CoreAccounting, Models, ModelNames);

TYPED_TEST(CoreAccounting, EverySlotHasOneReason) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const TimingStats stats = run_random<TypeParam>(seed, 2000, seed % 2 == 0 ? 4096 : 1U << 22);
    const auto& slots = stats.core.slots;
    EXPECT_EQ(std::accumulate(slots.begin(), slots.end(), std::uint64_t{0}),
              stats.core.cycles * stats.core.slots_per_cycle);
    EXPECT_EQ(slots[static_cast<std::size_t>(StallReason::kBase)], stats.core.uops);
    EXPECT_GT(stats.core.cycles, stats.core.uops / stats.core.slots_per_cycle);
  }
}

TYPED_TEST(CoreAccounting, BatchesDoNotMatter) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const TimingStats whole = run_random<TypeParam>(seed, 3000, 1U << 20, 3000);
    for (const std::size_t batch : {1U, 7U, 1000U}) {
      const TimingStats parts = run_random<TypeParam>(seed, 3000, 1U << 20, batch);
      EXPECT_EQ(values(parts), values(whole)) << "batches of " << batch;
    }
  }
}

TYPED_TEST(CoreAccounting, NoAllocationInTheSteadyState) {
  SyntheticProgram program;
  random_program(program, 5, 4000, 1U << 22);
  const auto pointers = program.pointers();
  TypeParam model(m2_pcore());
  program.feed(model, pointers, 100);
  const std::uint64_t before = testing::allocations();
  program.feed(model, pointers, 100);
  EXPECT_EQ(testing::allocations(), before);
}

TYPED_TEST(CoreAccounting, BlocksMayBeCleared) {
  TypeParam model(m2_pcore());
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SyntheticProgram program;
    random_program(program, seed, 500, 4096);
    program.feed(model, program.pointers(), 10);
    model.blocks_cleared();
  }
  model.finish();
  const auto& core = model.stats().core;
  EXPECT_EQ(std::accumulate(core.slots.begin(), core.slots.end(), std::uint64_t{0}),
            core.cycles * core.slots_per_cycle);
}

TEST(Models, AgreeOnRandomPrograms) {
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    const std::uint32_t bytes = seed % 3 == 0 ? 1U << 24 : seed % 3 == 1 ? 512 : 1U << 16;
    const auto detailed = run_random<Core>(seed, 3000, bytes).core;
    const auto fast = run_random<FastCore>(seed, 3000, bytes).core;
    EXPECT_EQ(detailed.insts, fast.insts);
    EXPECT_EQ(detailed.uops, fast.uops);
    const double ratio = static_cast<double>(fast.cycles) / static_cast<double>(detailed.cycles);
    EXPECT_NEAR(ratio, 1.0, 0.10) << "seed " << seed << ": " << fast.cycles << " against " << detailed.cycles;
    RecordProperty("seed" + std::to_string(seed), std::to_string(ratio));
  }
}

}  // namespace
}  // namespace m2sim::timing
