#include "cmd/results/condition.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "emu/user_error.h"

namespace m2sim::cmd {
namespace {

constexpr double kCpi = 0.51;

std::string held(const std::string& text, double before = 0.5, double after = kCpi) {
  const std::array<Condition, 1> conditions{Condition::parse(text)};
  const std::array<NamedFigure, 1> was{{{"core.cpi", before}}};
  const std::array<NamedFigure, 1> is{{{"core.cpi", after}}};
  return conditions_that_hold(conditions, is, was);
}

TEST(Condition, WithASignIsAChange) {
  EXPECT_EQ(held("core.cpi>+1%"), "failed: core.cpi>+1%, it went from 0.5 to 0.51, +2.00 %\n");
  EXPECT_EQ(held("core.cpi>+2.1%"), "");
  EXPECT_EQ(held("core.cpi<-1%"), "");
  EXPECT_NE(held("core.cpi<-1%", 0.6), "");
  EXPECT_NE(held("core.cpi>=+0.01", 1, 1.01), "");
  EXPECT_EQ(held("core.cpi>+0.02", 1, 1.01), "");
  EXPECT_NE(held("core.cpi>+5%", 0, 1), "");  // from nothing
  EXPECT_EQ(held("core.cpi>+5%", 0, 0), "");
}

TEST(Condition, WithoutIsTheFigure) {
  EXPECT_EQ(held("core.cpi>0.5"), "failed: core.cpi>0.5, it is 0.51\n");
  EXPECT_EQ(held("core.cpi<=0.5"), "");
  EXPECT_NE(held("core.cpi>50%"), "");
}

TEST(Condition, OfWhatIsNotKnownFails) {
  for (const char* text : {"core.cpi>0.5", "core.cpi<=0.5", "core.cpi>+2%"})
    EXPECT_EQ(held(text, kCpi, std::nan("")), "failed: " + std::string(text) + ", it is not known\n");
}

TEST(Condition, RefusesWhatItCannotJudge) {
  for (const char* text : {"core.cpi", ">2", "core.cpi>", "core.cpi>+", "core.cpi>+-2", "core.cpi>nan",
                           "core.cpi>2x", "core.cpi>%", "core.cpu>2"}) {
    EXPECT_THROW(held(text), emu::UserError) << text;
  }
  const std::array<Condition, 1> change{Condition::parse("core.cpi>+2%")};
  const std::array<NamedFigure, 1> figures{{{"core.cpi", kCpi}}};
  EXPECT_THROW(conditions_that_hold(change, figures), emu::UserError);  // compared with nothing
}

}  // namespace
}  // namespace m2sim::cmd
