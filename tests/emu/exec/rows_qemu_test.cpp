// Every executable row of the encoding table against QEMU.

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "emu/engine/handler.h"
#include "insts/encoding.h"
#include "insts/operands.h"
#include "tests/emu/exec/qemu_rows.h"

namespace m2sim::emu::testing {
namespace {

using insts::Op;

// What a single word on a random state cannot show, and where it is tested instead.
bool left_to_other_tests(Op op) {
  const insts::TimingClass timing = insts::timing_class_of(op);
  return insts::flow_of(op) != insts::Flow::kNone ||             // guests/fused_branches.s and all programs
         insts::encoding_of(op).imm == insts::Imm::kBranch19 ||  // literals: all programs
         timing == insts::TimingClass::kStoreExclusive ||        // guests/exclusives.s: needs its load
         timing == insts::TimingClass::kPac ||                   // guests/pointer_auth.s: keys differ
         insts::traits_of(op).authenticated ||                   // the same
         timing == insts::TimingClass::kSysRead || timing == insts::TimingClass::kSysWrite ||
         timing == insts::TimingClass::kCacheOp;  // guests/system_registers.s
}

std::vector<Op> executable_rows() {
  std::vector<Op> rows;
  for (unsigned i = 0; i < insts::kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    if (row_of(op, Cpu::kM2) != nullptr && !left_to_other_tests(op)) rows.push_back(op);
  }
  return rows;
}

std::vector<Sample> draw_samples(const std::vector<Op>& rows, Random& random, unsigned per_row) {
  std::vector<Sample> samples;
  for (const Op op : rows) {
    unsigned drawn = 0;
    for (unsigned tries = 0; drawn < per_row && tries < 1000; ++tries) {
      Sample sample;
      if (!draw_sample(op, random, sample)) continue;
      samples.push_back(sample);
      ++drawn;
    }
    EXPECT_EQ(drawn, per_row) << insts::name_of(op);
  }
  return samples;
}

// M2SIM_SEED and M2SIM_SAMPLES (per row) in the environment widen the search beyond what every run tests.
unsigned from_environment(const char* name, unsigned otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(value, nullptr, 10));
}

class RowsAgainstQemu : public ::testing::TestWithParam<bool> {};

TEST_P(RowsAgainstQemu, StateAfterEveryRow) {
  Random random(from_environment("M2SIM_SEED", 1));
  const std::vector<Op> rows = executable_rows();
  ASSERT_GT(rows.size(), 1900U);
  const auto samples = draw_samples(rows, random, from_environment("M2SIM_SAMPLES", 8));
  const auto qemu = run_on_qemu(samples, M2SIM_BINARY_DIR "/tests/guests/run_samples");
  const auto here = run_here(samples, GetParam());
  std::set<std::string> failed;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::string text = difference(samples[i], qemu[i], here[i]);
    if (text.empty() || !failed.insert(text.substr(0, text.find(':'))).second) continue;
    ADD_FAILURE() << text;
  }
}

INSTANTIATE_TEST_SUITE_P(Handlers, RowsAgainstQemu, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Logging" : "Plain"; });

}  // namespace
}  // namespace m2sim::emu::testing
