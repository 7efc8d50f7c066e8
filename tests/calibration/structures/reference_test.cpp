#include "calibration/structures/reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "calibration/structures/curves.h"
#include "timing/config/config.h"

namespace m2sim::calibration {
namespace {

const std::string kHead = "# a comment\ncurve,core,kind,from,to,value,low,high,open,source\n";

TEST(References, EmptyFieldsAreAsAboveOrNotOpen) {
  const auto rows = parse_references(kHead + "a,m1-pcore,point,4,,3,2.5,3.5,,someone\n,,knee,1,9,5,,,why,\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].to, 4);
  EXPECT_EQ(rows[0].low, 2.5);
  EXPECT_EQ(rows[1].curve, "a");
  EXPECT_EQ(rows[1].core, "m1-pcore");
  EXPECT_EQ(rows[1].kind, ReferenceKind::kKnee);
  EXPECT_EQ(rows[1].low, 5);
  EXPECT_EQ(rows[1].high, 5);
  EXPECT_EQ(rows[1].open, "why");
  EXPECT_EQ(rows[1].source, "someone");
}

void expect_refused(const std::string& rows, const std::string& why) {
  try {
    parse_references(kHead + rows);
    FAIL() << rows;
  } catch (const std::invalid_argument& error) {
    EXPECT_EQ(error.what(), why);
  }
}

TEST(References, BadRowsAreNamedByTheirLine) {
  expect_refused("a,b,point,1,,2\n", "line 3: not 10 fields");
  expect_refused("a,b,dot,1,,2,,,,s\n", "line 3: 'dot' is no kind of measurement");
  expect_refused("a,b,point,x,,2,,,,s\n", "line 3: 'x' is no number");
  expect_refused("a,b,point,1,,0,,,,s\n", "line 3: values are positive, ranges ascend");
  expect_refused("a,b,knee,5,4,5,,,,s\n", "line 3: values are positive, ranges ascend");
  expect_refused("a,b,point,1,,2,3,,,s\n", "line 3: low, value, high ascend");
  expect_refused(",b,point,1,,2,,,,s\n", "line 3: the first row leaves nothing out");
  EXPECT_THROW(parse_references("curve\n"), std::invalid_argument);
}

TEST(References, ThoseBuiltInBelongToACurveAndACore) {
  for (const Reference& reference : structure_references()) {
    EXPECT_TRUE(std::ranges::any_of(all_curves(), [&reference](const Curve& curve) {
      return curve.name == reference.curve;
    })) << reference.curve;
    EXPECT_TRUE(reference.core == "m1-pcore" || reference.core == "m2-pcore") << reference.core;
    EXPECT_FALSE(reference.source.empty());
  }
}

}  // namespace
}  // namespace m2sim::calibration
