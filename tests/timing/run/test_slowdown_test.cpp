#include "timing/run/test_slowdown.h"

#include "tests/timing/loop.h"

namespace m2sim::timing {
namespace {

// The simulator that a test makes slower must not become another one.
TEST(SlowedDown, TheModelSeesTheSameLog) {
  SyntheticProgram program;
  const std::uint32_t first = program.block(kCode, {a64::ldr(0, 1), a64::str(0, 1), a64::b(64)});
  const std::uint32_t second = program.block(kCode + 64, {a64::add(0, 0, 1), a64::b(-64)});
  for (std::uint64_t i = 0; i < 500; ++i) {
    program.run(first, {kData + 64 * i, kData});
    program.run(second);
  }
  Core plain(m2_pcore());
  program.feed(plain, 7);
  Core model(m2_pcore());
  SlowedDown<Core> slowed(model);
  static_assert(SlowedDown<Core>::kLogs == Core::kLogs);
  program.feed(slowed, program.pointers(), 7);
  model.finish();
  EXPECT_EQ(values(model.stats()), values(plain.stats()));
}

}  // namespace
}  // namespace m2sim::timing
