#include "calibration/csv.h"

#include <gtest/gtest.h>

namespace m2sim::calibration {
namespace {

using Fields = std::vector<std::string>;

TEST(Csv, FieldsEndAtCommas) {
  EXPECT_EQ(csv_fields("a,,b c"), (Fields{"a", "", "b c"}));
  EXPECT_EQ(csv_fields(""), Fields{""});
  EXPECT_EQ(csv_fields("a,"), (Fields{"a", ""}));
}

TEST(Csv, QuotesHoldCommasAndDoubledQuotes) {
  EXPECT_EQ(csv_fields(R"("a,b","say ""so""","")"), (Fields{"a,b", R"(say "so")", ""}));
}

TEST(Csv, ABadQuoteIsRefused) {
  EXPECT_FALSE(csv_fields(R"("a,b)"));
  EXPECT_FALSE(csv_fields(R"("a"b)"));
}

}  // namespace
}  // namespace m2sim::calibration
