// Two records beside each other: what changed, and by how much more than it varies anyway.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmd/history/history.h"

namespace m2sim::cmd {

// Median of samples, and an estimate of their standard deviation: 1.4826 times the median absolute
// deviation, corrected for few samples (Croux and Rousseeuw, "Time-efficient algorithms for two highly
// robust estimators of scale", 1992). No samples: all zero.
struct Distribution {
  double median = 0;
  double deviation = 0;
  std::size_t count = 0;
};
Distribution distribution_of(std::vector<double> samples);

enum class Verdict { kEqual, kWithinNoise, kChanged, kUnknown };  // kUnknown: measured once, on either side

struct HistoryDifference {
  std::string mode;
  std::string program;
  std::string phases;
  std::string figure;
  Distribution before;
  Distribution after;
  double noise = 0;  // a difference of the medians up to here means nothing; in the figure's unit
  Verdict verdict = Verdict::kEqual;

  double change() const { return after.median - before.median; }
  // Of the median before; infinite where that was zero.
  double percent() const;
};

// What the two sides of a comparison consist of. Several records pool their samples.
struct HistorySide {
  std::string name;                     // for reading: "record 3", "revision 1a2b3c4d5e6f"
  std::vector<HistoryRecord> records;   // oldest first; at least one
  std::vector<HistoryRecord> siblings;  // of the same revision: noise for a side with one run
};

struct HistoryComparison {
  std::vector<std::string> notes;  // what makes the sides differ besides their revision, a line each
  std::vector<HistoryDifference> differences;
};

// Every figure that both sides have of the same part of a program in a mode, and for all programs together
// (kAllPrograms): the geometric mean of what is positive everywhere, the mean of the absolute
// difference_percent.
//
// The noise of a measured figure is three standard errors of the difference of medians. The deviation of a
// figure is taken as at least what is usual for that figure in that mode, because few runs may agree by
// chance.
HistoryComparison compare(const HistorySide& before, const HistorySide& after);

// Samples of one series over the records of a side; only those of the newest record's configuration and
// binary count. Null when the side does not have it.
std::optional<HistorySeries> pooled(const std::vector<HistoryRecord>& records, const std::string& mode,
                                    const std::string& program, const std::string& phases);

// What can be compared over all programs at once, run by run, over those named.
HistorySeries over_all_programs(const std::vector<HistorySeries>& series);

// "3" and "1a2b", "last" and "last~2" against the list of records, oldest first. A number is a record's id,
// and anything else the beginning of a revision, whose records are pooled. Indices into the list. Throws
// UserError.
std::vector<std::size_t> named_records(const std::string& name, const std::vector<HistoryRecord>& list);

}  // namespace m2sim::cmd
