#include "timing/cycle.h"

#include <gtest/gtest.h>

#include "timing/config/fields.h"

namespace m2sim::timing {
namespace {

// No latency that a configuration can ask for makes an undecided time early.
TEST(Cycle, NeverStaysLaterThanAnyTimeWhateverIsAddedToIt) {
  Cycle sum = 0;
  for (const Field& field : fields(m2_pcore())) sum += field.max;
  EXPECT_GT(kNever + sum, kNever);
  EXPECT_GE(kNever + kNever, kNever) << "two undecided times";
  EXPECT_GT(kNever, Cycle{1} << 60) << "a run of three hundred thousand years";
}

}  // namespace
}  // namespace m2sim::timing
