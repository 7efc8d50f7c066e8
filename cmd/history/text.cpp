#include "cmd/history/text.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cmd/console/terminal.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t kShortRevision = 12;
// More changed figures than this are counted and not listed, but for --all.
constexpr std::size_t kMostLines = 40;
constexpr std::array<std::string_view, 4> kTelling{"host.mips", "core.cpi", "core.cycles",
                                                   "difference_percent"};

std::string short_revision(const std::string& revision) {
  const bool dirty = revision.ends_with("-dirty");
  return revision.substr(0, kShortRevision) + (dirty ? "-dirty" : "");
}

bool is_shown(const HistoryView& view, const std::string& figure) {
  if (!view.figures.empty()) return ::fnmatch(view.figures.c_str(), figure.c_str(), 0) == 0;
  return view.all || std::find(kTelling.begin(), kTelling.end(), figure) != kTelling.end();
}

std::string short_number(double value) {
  const double size = std::abs(value);
  if (size >= 1e6 && size < 1e15) return fmt::format("{:.0f}", value);
  return fmt::format("{:.5g}", value);
}

std::string percent_text(const HistoryDifference& difference, double value) {
  if (difference.before.median == 0) return value == 0 ? "0 %" : "from 0";
  return fmt::format("{:+.2f} %", value);
}

std::string noise_text(const HistoryDifference& difference) {
  if (difference.verdict == Verdict::kUnknown) return "unknown";
  if (difference.noise == 0) return "none";
  if (difference.before.median == 0) return short_number(difference.noise);
  return fmt::format("{:.2f} %", 100 * difference.noise / std::abs(difference.before.median));
}

std::string difference_line(const HistoryDifference& difference, bool color) {
  const std::string change = fmt::format("{:>12}", percent_text(difference, difference.percent()));
  const bool changed = difference.verdict == Verdict::kChanged;
  return fmt::format("  {:<12} {:<19} {:<26} {:>14} {:>14} {} {:>9}  {}\n", difference.mode,
                     title_of(difference.program, difference.phases), difference.figure,
                     short_number(difference.before.median), short_number(difference.after.median),
                     paint(change, changed ? Color::kYellow : Color::kNone, color), noise_text(difference),
                     verdict_name(difference.verdict));
}

std::string table_head(bool color) {
  const std::string head = fmt::format("  {:<12} {:<19} {:<26} {:>14} {:>14} {:>12} {:>9}", "mode", "program",
                                       "figure", "before", "after", "change", "noise");
  return paint(head, Color::kBold, color) + "\n";
}

std::string side_text(const HistorySide& side) {
  std::size_t runs = 0;
  for (const HistoryRecord& record : side.records) runs += record.runs();
  return fmt::format("{} (revision {}, {} run{})", side.name, short_revision(side.records.back().revision),
                     runs, runs == 1 ? "" : "s");
}

// The largest relative changes first.
std::vector<const HistoryDifference*> changed_figures(const HistoryComparison& comparison) {
  std::vector<const HistoryDifference*> changed;
  for (const HistoryDifference& difference : comparison.differences) {
    if (difference.verdict == Verdict::kChanged) changed.push_back(&difference);
  }
  std::stable_sort(changed.begin(), changed.end(), [](const auto* a, const auto* b) {
    return std::abs(a->percent()) > std::abs(b->percent());
  });
  return changed;
}

std::string counts_line(const HistoryComparison& comparison) {
  std::array<std::size_t, 4> counts{};
  for (const HistoryDifference& difference : comparison.differences) {
    ++counts[static_cast<std::size_t>(difference.verdict)];
  }
  return fmt::format("{} figures compared: {} equal, {} within noise, {} changed, {} of unknown noise\n",
                     comparison.differences.size(), counts[0], counts[1], counts[2], counts[3]);
}

// Modes in the order of their first series, each with the number of its programs, and which part of them ran.
std::string modes_text(const HistoryRecord& record) {
  std::vector<std::pair<std::string, unsigned>> modes;
  for (const HistorySeries& series : record.series) {
    const std::string part = title_of(series.mode, series.phases);
    const auto found =
        std::find_if(modes.begin(), modes.end(), [&](const auto& mode) { return mode.first == part; });
    if (found == modes.end()) {
      modes.emplace_back(part, 1);
    } else {
      ++found->second;
    }
  }
  std::string text;
  for (const auto& [mode, programs] : modes)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", mode, programs);
  return text;
}

nlohmann::ordered_json distribution_json(const Distribution& spread) {
  return {{"median", spread.median}, {"deviation", spread.deviation}, {"runs", spread.count}};
}

nlohmann::ordered_json side_json(const HistorySide& side) {
  nlohmann::ordered_json ids = nlohmann::ordered_json::array();
  for (const HistoryRecord& record : side.records) ids.push_back(record.id);
  return {{"records", ids}, {"revision", side.records.back().revision}};
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  constexpr std::array<std::string_view, 4> kNames{"equal", "within noise", "changed", "unknown"};
  return kNames[static_cast<std::size_t>(verdict)];
}

std::string history_list_text(const std::vector<HistoryRecord>& records) {
  std::string text = fmt::format("{:>4}  {:<19}  {:<18}  {:>4}  {:<40}  {}\n", "id", "recorded (UTC)",
                                 "revision", "runs", "programs", "note");
  for (const HistoryRecord& record : records) {
    std::string line =
        fmt::format("{:>4}  {:<19}  {:<18}  {:>4}  {:<40}  {}", record.id, record.recorded_at,
                    short_revision(record.revision), record.runs(), modes_text(record), record.note);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string history_record_text(const HistoryRecord& record, const HistoryView& view) {
  std::string text = fmt::format("record {}, {} UTC\n  revision  {}\n  version   {}\n", record.id,
                                 record.recorded_at, record.revision, record.version);
  if (!record.host.empty()) text += fmt::format("  host      {}\n", record.host);
  if (!record.note.empty()) text += fmt::format("  note      {}\n", record.note);
  text += fmt::format("  runs      {}\n", record.runs());
  const std::string head = fmt::format("  {:<12} {:<19} {:<34} {:>16} {:>14} {:>5}", "mode", "program",
                                       "figure", "median", "deviation", "runs");
  text += paint(head, Color::kBold, view.color) + "\n";
  for (const HistorySeries& series : record.series) {
    for (const auto& [figure, samples] : series.figures) {
      if (!is_shown(view, figure)) continue;
      const Distribution spread = distribution_of(samples);
      text += fmt::format("  {:<12} {:<19} {:<34} {:>16} {:>14} {:>5}\n", series.mode,
                          title_of(series.program, series.phases), figure, short_number(spread.median),
                          short_number(spread.deviation), spread.count);
    }
  }
  return text;
}

std::string history_comparison_text(const HistorySide& before, const HistorySide& after,
                                    const HistoryComparison& comparison, const HistoryView& view) {
  std::string text = fmt::format("before: {}\nafter:  {}\n", side_text(before), side_text(after));
  for (const std::string& note : comparison.notes) text += "note: " + note + "\n";
  std::string overall;
  for (const HistoryDifference& difference : comparison.differences) {
    const bool in_overview = difference.program == kAllPrograms && is_shown(view, difference.figure);
    if (in_overview || view.all)
      overall += is_shown(view, difference.figure) ? difference_line(difference, view.color) : "";
  }
  if (!overall.empty()) text += table_head(view.color) + overall;
  std::vector<const HistoryDifference*> changed = changed_figures(comparison);
  if (!view.figures.empty())
    std::erase_if(changed, [&](const auto* one) { return !is_shown(view, one->figure); });
  if (!changed.empty())
    text += paint("changed beyond noise", Color::kBold, view.color) + "\n" + table_head(view.color);
  for (std::size_t i = 0; i < changed.size(); ++i) {
    if (i == kMostLines && !view.all) {
      text += fmt::format("  … and {} more; --all shows them\n", changed.size() - kMostLines);
      break;
    }
    text += difference_line(*changed[i], view.color);
  }
  return text + counts_line(comparison);
}

std::string history_comparison_json(const HistorySide& before, const HistorySide& after,
                                    const HistoryComparison& comparison) {
  nlohmann::ordered_json json;
  json["schema_version"] = 1;
  json["before"] = side_json(before);
  json["after"] = side_json(after);
  json["notes"] = comparison.notes;
  json["differences"] = nlohmann::ordered_json::array();
  for (const HistoryDifference& difference : comparison.differences) {
    nlohmann::ordered_json entry{{"mode", difference.mode},
                                 {"program", difference.program},
                                 {"phases", difference.phases},
                                 {"figure", difference.figure},
                                 {"before", distribution_json(difference.before)},
                                 {"after", distribution_json(difference.after)},
                                 {"change", difference.change()},
                                 {"percent", difference.percent()},
                                 {"noise", difference.noise},
                                 {"verdict", verdict_name(difference.verdict)}};
    json["differences"].push_back(std::move(entry));
  }
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string gate_findings_text(const std::vector<GateFinding>& findings, bool color) {
  std::string text;
  for (const GateFinding& finding : findings) {
    const HistoryDifference& difference = *finding.difference;
    text += paint("FAILED", Color::kRed, color) +
            fmt::format(" {}: {} of {} in {} mode went from {} to {} ({}; noise {})\n", finding.gate->text,
                        difference.figure, title_of(difference.program, difference.phases), difference.mode,
                        short_number(difference.before.median), short_number(difference.after.median),
                        percent_text(difference, difference.percent()), noise_text(difference));
  }
  return text;
}

}  // namespace m2sim::cmd
