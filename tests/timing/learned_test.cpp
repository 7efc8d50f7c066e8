#include "timing/learned.h"

#include <gtest/gtest.h>

#include "timing/config/config.h"
#include "timing/fast/fast_core.h"
#include "timing/memory/tlb.h"

namespace m2sim::timing {
namespace {

TEST(LearnedTest, GoesFromOnePartToAnother) {
  TlbConfig config;
  config.entries = 8;
  config.ways = 2;
  Tlb from(config);
  for (std::uint64_t page = 0; page < 12; ++page) from.access(page);
  Learned taken;
  taken(from);
  Tlb to(config);
  Learned given(taken.bytes());
  given(to);
  for (std::uint64_t page = 0; page < 12; ++page) EXPECT_EQ(to.contains(page), from.contains(page)) << page;
}

TEST(LearnedTest, AModelTakesOnlyWhatIsOfItsSize) {
  const auto model = std::make_unique<FastCore>(m2_pcore());
  const std::string all = what_was_learned(*model);
  EXPECT_GT(all.size(), std::size_t{1} << 20U);
  EXPECT_TRUE(go_on_learning(*model, all));
  EXPECT_FALSE(go_on_learning(*model, all.substr(1)));
  EXPECT_FALSE(go_on_learning(*model, ""));
  EXPECT_EQ(what_was_learned(*model), all);
}

}  // namespace
}  // namespace m2sim::timing
