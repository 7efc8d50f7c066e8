#include "calibration/evaluate/evaluator.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

#include "calibration/evaluate/known_values.h"
#include "calibration/program.h"

namespace m2sim::calibration {
namespace {

// The first digit of its argument, in hundreds, is how often it passes through three chained additions.
constexpr std::array<std::uint32_t, 17> kProgram = {0xf9400be1,  // ldr x1, [sp, #16]
                                                    0x39400021,  // ldrb w1, [x1]
                                                    0x5100c021,  // sub w1, w1, #48
                                                    0x52800c82,  // mov w2, #100
                                                    0x1b027c21,  // mul w1, w1, w2
                                                    0x91000400,  // add x0, x0, #1
                                                    0x91000400,  // add x0, x0, #1
                                                    0x91000400,  // add x0, x0, #1
                                                    0xf1000421,  // subs x1, x1, #1
                                                    0x54ffff81,  // b.ne, to the first addition
                                                    0xd2800000,  // mov x0, #0
                                                    0xd2800ba8,  // mov x8, #93
                                                    0xd4000001,  // svc #0
                                                    0xd503201f, 0xd503201f, 0xd503201f, 0xd503201f};

// A file of its own, as tests run side by side.
class Guest {
 public:
  Guest() {
    ::close(::mkstemp(path_.data()));
    const std::vector<std::byte> image = program_of(kProgram, {kMemoryAddress, 4096});
    std::ofstream file(path_, std::ios::binary);
    file.write(reinterpret_cast<const char*>(image.data()), static_cast<std::streamsize>(image.size()));
  }
  ~Guest() { ::unlink(path_.c_str()); }
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;
  Kernel kernel() const { return {"chain", path_, 5, 900, false}; }

 private:
  static constexpr std::uint64_t kMemoryAddress = 0x10000000;
  std::string path_ = testing::TempDir() + "evaluator_guest_XXXXXX";
};

class Models : public testing::TestWithParam<Model> {};
INSTANTIATE_TEST_SUITE_P(Models, Models, testing::Values(Model::kCore, Model::kFastCore));

TEST_P(Models, AKernelsStartDoesNotCount) {
  const Guest guest;
  const timing::CoreConfig config = timing::m2_pcore();
  const KernelRuns runs{run_kernel(guest.kernel(), 1, config, GetParam()),
                        run_kernel(guest.kernel(), 3, config, GetParam())};
  EXPECT_EQ(runs.more.instructions - runs.fewer.instructions, 200 * 5);
  EXPECT_DOUBLE_EQ(runs.instructions(), 500);  // of a hundred passes
  EXPECT_NEAR(runs.cycles(), 300, 5);
}

TEST_P(Models, EveryKindOfTargetHasAValue) {
  const Evaluator evaluator({});
  const timing::CoreConfig config = timing::m2_pcore();
  const auto value = [&](std::string_view text) {
    const Target target = parse_target(text).value();
    EXPECT_TRUE(evaluator.knows(target)) << text;
    EXPECT_GT(evaluator.weight(target), 0);
    return evaluator.value(target, config, GetParam());
  };
  EXPECT_NEAR(value("instruction/MUL (64-bit) latency 1>2"), 3, 0.05);
  EXPECT_NEAR(value("structure/latency@32768"), config.l1d.load_to_use, 1.5);
}

TEST(Evaluator, WhoAsksAgainHasTheSameFromALog) {
  const Guest guest;
  const Evaluator evaluator({guest.kernel()});
  const Target target = parse_target("chain").value();
  for (const std::uint32_t penalty : {5U, 14U, 30U}) {
    timing::CoreConfig config = timing::m2_pcore();
    config.branch.mispredict_penalty = penalty;
    timing::Premises premises;
    timing::Premises of_runs(config);
    EXPECT_EQ(evaluator.value(target, config, Model::kFastCore, &premises),
              evaluator.kernel_runs("chain", config, Model::kFastCore, &of_runs).cycles());
    using Bytes = std::array<std::byte, sizeof(timing::Premises)>;
    EXPECT_EQ(std::bit_cast<Bytes>(premises), std::bit_cast<Bytes>(of_runs));
  }
}

TEST(KernelLogs, EachRunIsRecordedOnce) {
  const Guest guest;
  KernelLogs logs;
  KernelLog* const one = logs.of(guest.kernel(), 1);
  KernelLog* const three = logs.of(guest.kernel(), 3);
  ASSERT_NE(one, nullptr);
  ASSERT_NE(three, nullptr);
  EXPECT_GT(three->words(), one->words());
  EXPECT_EQ(logs.of(guest.kernel(), 1), one);
  EXPECT_EQ(logs.of(guest.kernel(), 3), three);
}

TEST(KernelLogs, AKernelThatFailsSaysSoEachTime) {
  KernelLogs logs;
  const Kernel kernel{"chain", "/none/such", 5, 9, false};
  EXPECT_THROW(logs.of(kernel, 1), std::exception);
  EXPECT_THROW(logs.of(kernel, 1), std::exception);
}

struct KnownValuesOfAChain : testing::Test {
  const Guest guest;
  const Evaluator evaluator{{guest.kernel()}};
  KnownValues values{evaluator};
  const Target target = parse_target("chain").value();
  timing::CoreConfig config = timing::m2_pcore();
};

TEST_F(KnownValuesOfAChain, WhatDecidedNothingNeedsNoRun) {
  const auto ask = [&] {
    const double value = values.value(target, config, Model::kFastCore);
    EXPECT_EQ(value, evaluator.value(target, config, Model::kFastCore));
    return values.known();
  };
  EXPECT_EQ(ask(), 0U);
  EXPECT_EQ(values.saved(), 0);
  config.rob.groups += 100;  // it never was full
  config.lsq.forward_predicted_latency += 1;
  EXPECT_EQ(ask(), 1U);
  EXPECT_DOUBLE_EQ(values.saved(), 0.5);
  config.branch.mispredict_penalty += 1;
  EXPECT_EQ(ask(), 1U);
  config.rob.groups = 8;
  EXPECT_EQ(ask(), 1U);
  EXPECT_EQ(values.asked(), 4U);
}

TEST_F(KnownValuesOfAChain, OfTheOtherModelOnlyWhatIsTheSame) {
  const double first = values.value(target, config, Model::kCore);
  EXPECT_EQ(values.value(target, config, Model::kCore), first);
  EXPECT_EQ(values.known(), 1U);
  config.rob.groups += 100;
  values.value(target, config, Model::kCore);
  values.value(target, config, Model::kFastCore);
  EXPECT_EQ(values.known(), 1U);
}

TEST(Evaluator, WhatItDoesNotKnow) {
  const Evaluator evaluator({});
  for (const std::string_view text :
       {"gemm", "instruction/XYZ", "structure/latency@1", "structure/nothing@1"}) {
    const Target target = parse_target(text).value();
    EXPECT_FALSE(evaluator.knows(target)) << text;
  }
  EXPECT_THROW(evaluator.value(parse_target("gemm").value(), timing::m2_pcore(), Model::kCore),
               std::runtime_error);
}

TEST(Evaluator, AKernelThatFailsSaysSo) {
  const Guest guest;
  EXPECT_THROW(run_kernel({"chain", "/none/such", 5, 9, false}, 1, timing::m2_pcore(), Model::kFastCore),
               std::exception);
}

}  // namespace
}  // namespace m2sim::calibration
