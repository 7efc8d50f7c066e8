#include "calibration/program.h"

#include <gtest/gtest.h>

#include "emu/elf/elf.h"

namespace m2sim::calibration {
namespace {

using Text = std::vector<std::uint32_t>;

const Text kBeginning{1, 2};
const Text kSetup{3};
const Text kBody{4, 5};
const Text kEnd{6, 7, 8};

TEST(Wrap, CopiesStandInALoop) {
  Experiment experiment;
  experiment.loop = LoopEnd::kSubs;
  experiment.copies = 3;
  experiment.passes = 10;
  const WrappedExperiment wrapped = wrap(experiment, {kBeginning, kSetup, kBody, kEnd});
  EXPECT_EQ(wrapped.words, (Text{1, 2, 3, 4, 5, 4, 5, 4, 5, 6, 7, 8}));
  EXPECT_EQ(wrapped.before, 3U);
  EXPECT_EQ(wrapped.pass, 8U) << "six and the two that close the loop";
  EXPECT_EQ(wrapped.behind, 1U) << "the jump back";
}

TEST(Wrap, WithoutALoopTheJumpBackBelongsToThePass) {
  Experiment experiment;
  experiment.copies = 2;
  experiment.passes = 1;
  const Text jump{8};
  const WrappedExperiment wrapped = wrap(experiment, {kBeginning, kSetup, kBody, jump});
  EXPECT_EQ(wrapped.words, (Text{1, 2, 3, 4, 5, 4, 5, 8}));
  EXPECT_EQ(wrapped.pass, 5U);
  EXPECT_EQ(wrapped.behind, 0U);
}

TEST(Program, IsAnElfFileThatBeginsWithItsFirstWord) {
  const emu::ElfImage image = emu::parse_elf("made", program_of(kBody, {0x10000000, 0x4000}));
  ASSERT_EQ(image.segments.size(), 2U);
  std::uint32_t word = 0;
  std::memcpy(&word, &image.bytes[image.entry - image.segments[0].address], sizeof word);
  EXPECT_EQ(word, kBody[0]);
  EXPECT_EQ(image.segments[1].address, 0x10000000U);
  EXPECT_EQ(image.segments[1].memory_size, 0x4000U);
  EXPECT_EQ(image.segments[1].file_size, 0U);
}

}  // namespace
}  // namespace m2sim::calibration
