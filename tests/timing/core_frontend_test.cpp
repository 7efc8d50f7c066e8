// Fetch, branches and the retirement window of both models.
#include "tests/timing/loop.h"

namespace m2sim::timing {
namespace {

using namespace a64;

template <class Model>
struct CoreFrontEnd : public ModelTest {};
TYPED_TEST_SUITE(CoreFrontEnd, Models, ModelNames);

TYPED_TEST(CoreFrontEnd, OneTakenBranchACycle) {
  constexpr unsigned kBranches = 5;
  const double cycles =
      cycles_per_iteration<TypeParam>(this->config, [](SyntheticProgram& program, std::uint64_t n) {
        std::vector<std::uint32_t> ids;
        for (unsigned i = 0; i < kBranches; ++i) ids.push_back(program.block(kCode + 4 * i, {b(4)}));
        Words tail;
        close_loop(tail);
        ids.push_back(program.block(kCode + 4 * kBranches, tail));
        for (std::uint64_t i = 0; i < n; ++i) {
          for (const std::uint32_t id : ids) program.run(id);
        }
      });
  EXPECT_DOUBLE_EQ(cycles, kBranches + 1);
}

// A branch of random direction over one instruction: cycles a pass.
template <class Model>
double random_branch(const CoreConfig& config, unsigned one_in) {
  return cycles_per_iteration<Model>(
      config,
      [one_in](SyntheticProgram& program, std::uint64_t n) {
        const std::uint32_t test = program.block(kCode, {cmp(1, 2), b_lt(8)});
        const std::uint32_t skipped = program.block(kCode + 8, {nop()});
        const std::uint32_t tail = program.block(kCode + 12, {add(3, 3, 1), b(-16)});
        std::uint64_t state = 88172645463325252ULL;
        for (std::uint64_t i = 0; i < n; ++i) {
          state ^= state << 13;
          state ^= state >> 7;
          state ^= state << 17;
          program.run(test);
          if (one_in != 0 && (state >> 33) % one_in == 0) program.run(skipped);
          program.run(tail);
        }
      },
      20000);
}

TYPED_TEST(CoreFrontEnd, MispredictionCostsItsPenalty) {
  const double never = random_branch<TypeParam>(this->config, 0);
  const double half = random_branch<TypeParam>(this->config, 2);
  const double penalty = this->config.branch.mispredict_penalty;
  // Half of the branches miss; what the pass costs without a miss is hidden in part.
  EXPECT_NEAR(half, penalty / 2 + never / 2, never);
  this->config.branch.mispredict_penalty += 10;
  EXPECT_NEAR(random_branch<TypeParam>(this->config, 2) - half, 10.0 / 2, 0.2);
}

// Two chains of DRAM misses with `fillers` between them: cycles a pass. They overlap when the second
// is still in the window of the first.
template <class Model>
double two_misses(const CoreConfig& config, std::uint32_t filler, bool filler_loads, unsigned fillers) {
  Words body{ldr(0, 0)};
  for (unsigned i = 0; i < fillers; ++i) body.push_back(filler);
  body.push_back(ldr(1, 1));
  for (unsigned i = 0; i < fillers; ++i) body.push_back(filler);
  return cycles_per_iteration<Model>(
      config,
      [&](SyntheticProgram& program, std::uint64_t n) {
        std::vector<std::uint32_t> ids;
        for (std::size_t at = 0; at < body.size(); at += emu::kMaxBlockInsts) {
          const std::size_t end = std::min<std::size_t>(at + emu::kMaxBlockInsts, body.size());
          ids.push_back(
              program.block(kCode + 4 * at, Words(body.begin() + static_cast<std::ptrdiff_t>(at),
                                                  body.begin() + static_cast<std::ptrdiff_t>(end))));
        }
        ids.push_back(
            program.block(kCode + 4 * body.size(), {b(-4 * static_cast<std::int32_t>(body.size()))}));
        for (std::uint64_t i = 0; i < n; ++i) {
          std::size_t at = 0;
          for (const std::uint32_t id : ids) {
            Addresses addresses;
            for (std::size_t k = 0; k < emu::kMaxBlockInsts && at < body.size(); ++k, ++at) {
              if (body[at] == ldr(0, 0)) addresses.push_back(0x10000000 + i * 8192);
              if (body[at] == ldr(1, 1)) addresses.push_back(0x50000000 + i * 8192);
              if (filler_loads && body[at] == filler) addresses.push_back(kData);
            }
            program.run(id, addresses);
          }
        }
      },
      200);
}

TYPED_TEST(CoreFrontEnd, WindowHoldsGroupsNotUops) {
  constexpr unsigned kGroups = 24;
  this->config.rob.groups = kGroups;
  this->config.prefetch.enabled = 0;
  const unsigned per_group = this->config.rob.uops_per_group;
  const double together = two_misses<TypeParam>(this->config, nop(), false, 0);
  const auto misses = [&](std::uint32_t filler, bool loads, unsigned count) {
    return two_misses<TypeParam>(this->config, filler, loads, count) / together;
  };
  // Loads take a group each: the two misses and what is between them must fit.
  EXPECT_LT(misses(ldr(9, 10), true, kGroups - 2), 1.3);
  EXPECT_GT(misses(ldr(9, 10), true, kGroups - 1), 1.7);
  // Nops fill groups, the first miss's own included.
  const unsigned nops = per_group - 1 + per_group * (kGroups - 2);
  EXPECT_LT(misses(nop(), false, nops), 1.3);
  EXPECT_GT(misses(nop(), false, nops + 1), 1.7);
}

TYPED_TEST(CoreFrontEnd, LoadQueueIsTakenAtIssue) {
  // Half as many queue entries as groups: loads beyond them wait in the scheduler, younger ALU work passes.
  this->config.prefetch.enabled = 0;
  this->config.lsq.load_entries = 8;
  const double together = two_misses<TypeParam>(this->config, nop(), false, 0);
  EXPECT_LT(two_misses<TypeParam>(this->config, add(9, 10, 1), false, 40), 1.3 * together);
  EXPECT_GT(two_misses<TypeParam>(this->config, ldr(9, 10), true, 40), 1.7 * together);
}

}  // namespace
}  // namespace m2sim::timing
