// Cores that are nothing but a file run programs in both models.
#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "cmd/results/config_file.h"
#include "tests/timing/loop.h"
#include "tests/timing/random_program.h"

namespace m2sim::cmd {
namespace {

using timing::CoreStats;
using timing::SyntheticProgram;

timing::CoreConfig core_of(const std::string& name) {
  const timing::CoreConfig config =
      load_config(std::string(M2SIM_SOURCE_DIR) + "/tests/cmd/results/cores/" + name + ".toml");
  require_buildable(config);
  return config;
}

template <class Model>
CoreStats run(const timing::CoreConfig& config, const SyntheticProgram& program) {
  Model model(config);
  program.feed(model, 50);
  const CoreStats core = model.stats().core;
  EXPECT_EQ(std::accumulate(core.slots.begin(), core.slots.end(), std::uint64_t{0}),
            core.cycles * core.slots_per_cycle);
  return core;
}

template <class Model>
struct AnotherCore : public ::testing::Test {};
TYPED_TEST_SUITE(AnotherCore, timing::Models, timing::ModelNames);

TYPED_TEST(AnotherCore, ASmallOneRunsAnything) {
  SyntheticProgram program;
  timing::random_program(program, 5, 400, 1U << 16);
  const CoreStats small = run<TypeParam>(core_of("small"), program);
  const CoreStats m2 = run<TypeParam>(built_in_core("m2-pcore"), program);
  EXPECT_EQ(small.insts, m2.insts);
  EXPECT_GT(small.cycles, m2.cycles);
}

TYPED_TEST(AnotherCore, TheSmallOneHasOnePortForFloatingPoint) {
  timing::Words words;
  for (unsigned i = 0; i < 8; ++i) words.push_back(timing::a64::fadd(i, 10, 11));
  EXPECT_NEAR(timing::loop_cycles<TypeParam>(core_of("small"), words), 8, 0.2);
  EXPECT_NEAR(timing::loop_cycles<TypeParam>(built_in_core("m2-pcore"), words), 2, 0.2);
}

}  // namespace
}  // namespace m2sim::cmd
