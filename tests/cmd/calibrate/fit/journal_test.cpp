#include "cmd/calibrate/fit/journal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "cmd/console/output_file.h"
#include "emu/user_error.h"

namespace m2sim::cmd {
namespace {

const nlohmann::ordered_json kFitOfTwo = {{"parameters", {"a", "b"}}, {"observations", {1, 2}}};

class FitJournalTest : public testing::Test {
 protected:
  FitJournalTest() { std::filesystem::remove(path_); }
  ~FitJournalTest() override { std::filesystem::remove(path_); }

  std::string refusal(const nlohmann::ordered_json& fit, bool resume) const {
    try {
      const FitJournal journal(path_, fit, "2026-11-27", resume);
    } catch (const emu::UserError& error) {
      return error.what();
    }
    return "";
  }
  void append_two() const {
    FitJournal journal(path_, kFitOfTwo, "2026-11-27", false);
    journal.append("timing", {3, 4}, {0.1, std::numeric_limits<double>::quiet_NaN()});
    journal.append("fast-timing", {5, 6}, {1.0 / 3, 1e300});
  }

  std::string path_ = testing::TempDir() + "m2sim_fit_journal_" + std::to_string(::getpid());
};

TEST_F(FitJournalTest, WhatIsAppendedIsReadToTheBit) {
  append_two();
  const FitJournal journal(path_, kFitOfTwo, "2027-01-01", true);
  EXPECT_EQ(journal.date(), "2026-11-27") << "on which it began";
  ASSERT_EQ(journal.entries().size(), 2U);
  EXPECT_EQ(journal.entries()[0].mode, "timing");
  EXPECT_EQ(journal.entries()[0].values, (calibration::Values{3, 4}));
  EXPECT_EQ(journal.entries()[0].predictions[0], 0.1);
  EXPECT_TRUE(std::isnan(journal.entries()[0].predictions[1]));
  EXPECT_EQ(journal.entries()[1].predictions, (calibration::Predictions{1.0 / 3, 1e300}));
}

TEST_F(FitJournalTest, APredictionThatWasNotNeededStaysSo) {
  {
    FitJournal journal(path_, kFitOfTwo, "2026-11-27", false);
    journal.append("timing", {3, 4}, {calibration::kUnasked, 2});
  }
  const FitJournal journal(path_, kFitOfTwo, "2026-11-27", true);
  ASSERT_EQ(journal.entries().size(), 1U);
  EXPECT_EQ(journal.entries()[0].predictions, (calibration::Predictions{calibration::kUnasked, 2}));
}

TEST_F(FitJournalTest, CutAnywhereItLosesTheTornLineAndGoesOn) {
  append_two();
  const std::string whole = read_file(path_);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    write_file(path_, whole.substr(0, size));
    const auto lines = static_cast<std::size_t>(
        std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size), '\n'));
    {
      FitJournal journal(path_, kFitOfTwo, "2026-11-27", true);
      ASSERT_EQ(journal.entries().size(), lines == 0 ? 0 : lines - 1);
      journal.append("timing", {7, 8}, {1, 2});
    }
    const FitJournal again(path_, kFitOfTwo, "2026-11-27", true);
    ASSERT_EQ(again.entries().size(), lines == 0 ? 1 : lines);
    ASSERT_EQ(again.entries().back().values, (calibration::Values{7, 8}));
  }
}

TEST_F(FitJournalTest, ItIsOfOneFitAndOfOneProcess) {
  append_two();
  EXPECT_NE(refusal(kFitOfTwo, false).find("there is a journal"), std::string::npos);
  nlohmann::ordered_json other = kFitOfTwo;
  other["parameters"] = {"a", "c"};
  EXPECT_EQ(refusal(other, true), "journal '" + path_ + "' is of another fit: its parameters differ");
  const FitJournal open(path_, kFitOfTwo, "2026-11-27", true);
  EXPECT_EQ(refusal(kFitOfTwo, true), "journal '" + path_ + "': another fit is writing to it");
}

TEST_F(FitJournalTest, WithoutAFileThereIsNothingToResume) {
  EXPECT_EQ(refusal(kFitOfTwo, true), "");
  EXPECT_EQ(FitJournal(path_, kFitOfTwo, "2026-11-27", true).entries().size(), 0U);
}

TEST_F(FitJournalTest, WhatIsNoJournalIsLeftAlone) {
  write_file(path_, "one line of notes");
  EXPECT_EQ(refusal(kFitOfTwo, true), "'" + path_ + "' is no journal of a fit");
  EXPECT_EQ(read_file(path_), "one line of notes");
}

TEST_F(FitJournalTest, EvaluationsAreOfWholeNumbersAndPositive) {
  for (const std::string line : {R"({"mode":"timing","values":[3.5,4],"predictions":[1,1]})",
                                 R"({"mode":"timing","values":[3,4],"predictions":[0,0]})",
                                 R"({"mode":"timing","values":[3,4],"predictions":[-1,1]})",
                                 R"({"mode":"timing","values":[3,4],"predictions":["a",1]})"}) {
    std::filesystem::remove(path_);
    append_two();
    write_file(path_, read_file(path_) + line + "\n");
    EXPECT_NE(refusal(kFitOfTwo, true).find("line 4: this is no evaluation"), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace m2sim::cmd
