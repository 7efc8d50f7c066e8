#include "timing/run/block_counter.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "tests/timing/synthetic.h"

namespace m2sim::timing {
namespace {

using Vector = std::vector<BlockCount>;

void feed(BlockCounter& counter, const SyntheticProgram& program, const std::vector<std::uint64_t>& words) {
  const auto pointers = program.pointers();
  counter.consume({words, pointers, emu::kNoBlock, 0, 0});
}

TEST(BlockCounter, CountsInstructionsByBlock) {
  SyntheticProgram program;
  const std::uint64_t one = program.block(0x1000, {a64::nop(), a64::ldr(1, 2), a64::nop()});
  const std::uint64_t two = program.block(0x2000, {a64::nop()});
  BlockCounter counter;
  const auto pointers = program.pointers();
  const std::vector<std::uint64_t> words{one, 0x8000, two, one, 0x8008};
  counter.consume({words, pointers, emu::kNoBlock, 0, 7});
  EXPECT_EQ(counter.vector(), (Vector{{1, 6}, {2, 1}}));
  EXPECT_EQ(counter.vector(), Vector{});
}

TEST(BlockCounter, ABlockThatIsDecodedAgainIsTheSame) {
  SyntheticProgram first;
  first.block(0x1000, {a64::nop()});
  first.block(0x2000, {a64::nop()});
  SyntheticProgram second;
  second.block(0x2000, {a64::nop()});
  second.block(0x3000, {a64::nop()});
  second.block(0x2000, {a64::nop()});
  BlockCounter counter;
  feed(counter, first, {0, 1, 1});
  counter.blocks_cleared();
  feed(counter, second, {0, 1, 2});
  EXPECT_EQ(counter.vector(), (Vector{{1, 1}, {2, 4}, {3, 1}}));
}

TEST(BlockCounter, ProgramsAtTheSameAddressesAreTwo) {
  SyntheticProgram program;
  program.block(0x1000, {a64::nop()}, 0);
  program.block(0x1000, {a64::nop()}, 1);
  BlockCounter counter;
  feed(counter, program, {0, 1, 1});
  EXPECT_EQ(counter.vector(), (Vector{{1, 1}, {2, 2}}));
}

}  // namespace
}  // namespace m2sim::timing
