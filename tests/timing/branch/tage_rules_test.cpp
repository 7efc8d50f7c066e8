#include "timing/branch/tage_rules.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace m2sim::timing {
namespace {

constexpr unsigned entry(unsigned counter, bool useful) {
  return counter << kTageCounterShift | (useful ? kTageUseful : 0U);
}
TageOutcome outcome(const TageCase& given) { return kTageOutcomes[case_number(given)]; }

TEST(TageRules, CountersStayInTheirRange) {
  for (unsigned s = 0; s < kTageStates; ++s) {
    EXPECT_EQ(kTrainedEntries[kNoLesson][s], s);
    EXPECT_EQ(counter_of(kTrainedEntries[kTaken][s]), std::min(counter_of(s) + 1, 7U));
    EXPECT_EQ(counter_of(kTrainedEntries[kNotTaken][s]), counter_of(s) - (counter_of(s) > 0 ? 1 : 0));
    EXPECT_EQ(kTrainedEntries[kTaken][s] & kTageUseful, s & kTageUseful);
  }
  for (unsigned s = 0; s < kBaseStates; ++s) {
    EXPECT_EQ(kTrainedBases[kNoLesson][s], s);
    EXPECT_EQ(kTrainedBases[kTaken][s], std::min(s + 1, 3U));
    EXPECT_EQ(kTrainedBases[kNotTaken][s], s - (s > 0 ? 1 : 0));
  }
}

TEST(TageRules, AnEntryIsUsefulWhereItWasRightAgainstTheAlternate) {
  EXPECT_EQ(outcome({entry(7, false), false, true, true}).state, entry(7, true));
  EXPECT_EQ(outcome({entry(7, true), false, false, true}).state, entry(6, false));
  EXPECT_EQ(outcome({entry(7, true), true, true, true}).state, entry(7, true)) << "they agree: it stays";
  EXPECT_EQ(outcome({entry(7, false), true, true, true}).state, entry(7, false));
}

TEST(TageRules, AFreshEntryIsBelievedOnlyIfThatHasProvedBetter) {
  const TageCase fresh{entry(4, false), false, true, true};
  EXPECT_FALSE(outcome(fresh).prediction);
  EXPECT_FALSE(outcome(fresh).allocates) << "the entry was right";
  EXPECT_EQ(outcome(fresh).use_alternate, -1);
  EXPECT_TRUE(outcome({entry(4, false), false, true, false}).prediction);
  EXPECT_TRUE(outcome({entry(4, true), false, true, true}).prediction) << "useful: not fresh";
  EXPECT_EQ(outcome({entry(4, true), false, true, true}).use_alternate, 0);
  EXPECT_EQ(outcome({entry(3, false), true, true, false}).use_alternate, 1);
}

TEST(TageRules, AWrongPredictionAllocates) {
  EXPECT_TRUE(outcome({entry(7, true), true, false, true}).allocates);
  EXPECT_TRUE(outcome({entry(4, false), true, false, true}).allocates);
  EXPECT_FALSE(outcome({entry(7, true), false, true, true}).allocates);
}

}  // namespace
}  // namespace m2sim::timing
