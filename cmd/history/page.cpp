#include "cmd/history/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cmd/console/failure.h"
#include "cmd/history/compare.h"
#include "cmd/history_page_html.h"
#include "cmd/page/page.h"

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

constexpr std::array<std::string_view, 3> kDrawn{"host.mips", "core.cpi", "difference_percent"};
constexpr std::array<std::string_view, 3> kModeOrder{"emulation", "timing", "fast-timing"};

bool is_drawn(const std::string& figure) {
  return std::find(kDrawn.begin(), kDrawn.end(), figure) != kDrawn.end();
}

// Smaller changes than these say nothing to a reader.
constexpr double kLeastErrorPoints = 0.1;
constexpr double kLeastPercent = 0.1;

// A slower simulator and a larger error are worse; another CPI alone is only another one.
std::string_view mark_of(const HistoryDifference& difference) {
  if (difference.verdict != Verdict::kChanged) return "";
  if (difference.figure == "host.mips") return difference.change() < 0 ? "worse" : "better";
  if (difference.figure == "difference_percent") {
    const double grown = std::abs(difference.after.median) - std::abs(difference.before.median);
    if (std::abs(grown) < kLeastErrorPoints) return "";
    return grown > 0 ? "worse" : "better";
  }
  return std::abs(difference.percent()) < kLeastPercent ? "" : "changed";
}

// One mode's part of the records that have it, reduced to what is drawn.
struct ModeHistory {
  std::vector<HistoryRecord> records;
  std::vector<std::size_t> places;  // in all records
};

ModeHistory of_mode(const std::vector<HistoryRecord>& records, std::string_view mode) {
  ModeHistory history;
  for (std::size_t i = 0; i < records.size(); ++i) {
    HistoryRecord reduced = records[i];
    std::erase_if(reduced.series, [&](const HistorySeries& series) { return series.mode != mode; });
    for (HistorySeries& series : reduced.series) {
      std::erase_if(series.figures, [](const auto& entry) { return !is_drawn(entry.first); });
    }
    if (reduced.series.empty()) continue;
    history.records.push_back(std::move(reduced));
    history.places.push_back(i);
  }
  return history;
}

class PageData {
 public:
  explicit PageData(const std::vector<HistoryRecord>& records) : records_(records) {}

  std::string text() {
    ordered_json json;
    json["records"] = ordered_json::array();
    for (const HistoryRecord& record : records_) {
      json["records"].push_back({{"id", record.id},
                                 {"recorded_at", record.recorded_at},
                                 {"revision", record.revision},
                                 {"host", record.host},
                                 {"note", record.note},
                                 {"runs", record.runs()}});
    }
    json["modes"] = ordered_json::array();
    for (const std::string_view mode : kModeOrder) {
      const ModeHistory history = of_mode(records_, mode);
      if (history.records.empty()) continue;
      json["modes"].push_back(mode);
      add_mode(history);
    }
    json["series"] = ordered_json::array();
    for (auto& [key, series] : series_) json["series"].push_back(std::move(series));
    return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  }

 private:
  void add_mode(const ModeHistory& history) {
    for (std::size_t i = 0; i < history.records.size(); ++i) {
      const HistoryRecord& record = history.records[i];
      HistoryComparison comparison;
      if (i > 0) {
        const HistoryRecord& previous = history.records[i - 1];
        comparison = compare({"", {previous}, {previous}}, {"", {record}, {record}});
      }
      std::string programs;
      for (const HistorySeries& series : record.series) {
        add_points(series, history.places[i], comparison, series.program_sha256);
        programs += title_of(series.program, series.phases) + " ";
      }
      // Of different programs a mean is another figure.
      if (programs != programs_before_)
        std::erase_if(comparison.differences,
                      [](const HistoryDifference& difference) { return difference.program == kAllPrograms; });
      programs_before_ = programs;
      if (record.series.size() > 1) {
        add_points(over_all_programs(record.series), history.places[i], comparison, programs);
      } else {
        HistorySeries only = record.series.front();
        only.program = std::string(kAllPrograms);
        add_points(only, history.places[i], comparison, programs);
      }
    }
  }

  // `set`: points of different ones are not joined.
  void add_points(const HistorySeries& series, std::size_t place, const HistoryComparison& comparison,
                  const std::string& set) {
    for (const auto& [figure, samples] : series.figures) {
      const Distribution spread = distribution_of(samples);
      ordered_json point{{"record", place},
                         {"median", spread.median},
                         {"deviation", spread.deviation},
                         {"runs", spread.count},
                         {"set", set},
                         {"mark", ""}};
      for (const HistoryDifference& difference : comparison.differences) {
        const bool same = difference.program == series.program && difference.phases == series.phases &&
                          difference.figure == figure;
        if (!same || mark_of(difference).empty()) continue;
        point["mark"] = mark_of(difference);
        point["before"] = difference.before.median;
        point["percent"] = difference.percent();
      }
      ordered_json& drawn = series_of(series, figure);
      drawn["points"].push_back(std::move(point));
    }
  }

  ordered_json& series_of(const HistorySeries& series, const std::string& figure) {
    const std::string title = title_of(series.program, series.phases);
    const std::string key = series.mode + " " + title + " " + figure;
    for (auto& [known, json] : series_) {
      if (known == key) return json;
    }
    series_.emplace_back(key, ordered_json{{"mode", series.mode},
                                           {"program", title},
                                           {"figure", figure},
                                           {"points", ordered_json::array()}});
    return series_.back().second;
  }

  const std::vector<HistoryRecord>& records_;
  std::string programs_before_;
  std::vector<std::pair<std::string, ordered_json>> series_;
};

}  // namespace

std::string history_page(const std::vector<HistoryRecord>& records) {
  if (records.empty()) throw failure("history report: nothing has been recorded");
  return filled_page(kHistoryPage, PageData(records).text());
}

}  // namespace m2sim::cmd
