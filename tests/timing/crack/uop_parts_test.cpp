// Sources and destinations as crackers add them, and what rename has to give for them.
#include "timing/crack/uop_parts.h"

#include <gtest/gtest.h>

#include "insts/decode.h"

namespace m2sim::timing {
namespace {

TEST(UopParts, ADestinationTakesARegisterOfItsKindAndAnEntry) {
  UopInfo uop;
  add_dest(uop, 3);
  EXPECT_EQ(uop.needs, kRenameEntry + kIntRegister);
  add_dest(uop, insts::kV0);
  EXPECT_EQ(uop.needs, 2 * kRenameEntry + kIntRegister + kFpRegister);
  add_dest(uop, 5);
  EXPECT_EQ(uop.dest_count, kMaxDests) << "no third";
  UopInfo flags;
  add_dest(flags, insts::kNzcv);
  EXPECT_EQ(flags.needs, kRenameEntry + kFlagRegister);
  UopInfo inside;
  add_dest(inside, kTemp0);
  EXPECT_EQ(inside.needs, 0U) << "a value inside an instruction takes nothing";
}

TEST(UopParts, NoMoreSourcesThanThereIsRoomFor) {
  UopInfo uop;
  for (insts::RegId reg = 0; reg < 10; ++reg) add_source(uop, {reg, insts::Role::kData});
  EXPECT_EQ(uop.source_count, kMaxSources);
  EXPECT_EQ(uop.sources[kMaxSources - 1].reg, kMaxSources - 1);
}

TEST(UopParts, TheUpdatedBaseIsNoResult) {
  const insts::Operands post = insts::operands_of(insts::decode(0xF8408420));  // ldr x0, [x1], #8
  ASSERT_EQ(results_of(post).size(), 1U);
  EXPECT_EQ(results_of(post)[0], 0);
  EXPECT_TRUE(reads(post, 1));
  EXPECT_FALSE(reads(post, 0));
}

}  // namespace
}  // namespace m2sim::timing
