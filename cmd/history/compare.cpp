#include "cmd/history/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace m2sim::cmd {
namespace {

// The standard error of a median over that of a mean, for normal samples: sqrt(pi / 2).
constexpr double kMedianError = 1.2533;
constexpr double kStandardErrors = 3;
constexpr std::string_view kHardwareError = "difference_percent";

double relative(const Distribution& spread) {
  return spread.median == 0 ? 0 : spread.deviation / std::abs(spread.median);
}

double standard_error(const Distribution& spread, double least_relative) {
  const double deviation = std::max(spread.deviation, least_relative * std::abs(spread.median));
  return kMedianError * deviation / std::sqrt(static_cast<double>(spread.count));
}

// A single run says nothing of its noise: that of other records of its revision then serves.
bool know_deviation(Distribution& spread, const std::optional<HistorySeries>& siblings,
                    const std::string& figure) {
  if (spread.count >= 2) return true;
  if (!siblings || !siblings->figures.contains(figure)) return false;
  const Distribution all = distribution_of(siblings->figures.at(figure));
  if (all.count < 2) return false;
  spread.deviation = all.deviation;
  return true;
}

struct Series {
  HistorySeries before, after;
  std::optional<HistorySeries> siblings_before, siblings_after;
};

class Comparer {
 public:
  Comparer(const HistorySide& before, const HistorySide& after) : before_(before), after_(after) {}

  HistoryComparison run() {
    for (const HistorySeries& listed : before_.records.back().series) modes_.insert(listed.mode);
    for (const std::string& mode : modes_) compare_mode(mode);
    note_hosts();
    return std::move(result_);
  }

 private:
  void compare_mode(const std::string& mode) {
    std::vector<Series> common;
    for (const auto& [program, phases] : programs_of(mode)) {
      std::optional<HistorySeries> before = pooled(before_.records, mode, program, phases);
      std::optional<HistorySeries> after = pooled(after_.records, mode, program, phases);
      if (before && !after) note_phases(*before);
      if (!before || !after) continue;
      note_inputs(*before, *after);
      common.push_back({std::move(*before), std::move(*after),
                        pooled(before_.siblings, mode, program, phases),
                        pooled(after_.siblings, mode, program, phases)});
    }
    note_missing(mode, common.size());
    if (common.size() > 1) common.push_back(all_of(common));
    const std::size_t first = result_.differences.size();
    for (const Series& series : common) compare_series(series);
    judge(first);
  }

  // With the phases that were run of each.
  std::vector<std::pair<std::string, std::string>> programs_of(const std::string& mode) const {
    std::vector<std::pair<std::string, std::string>> programs;
    for (const HistoryRecord& record : before_.records) {
      for (const HistorySeries& series : record.series) {
        const std::pair<std::string, std::string> one{series.program, series.phases};
        const bool known = std::find(programs.begin(), programs.end(), one) != programs.end();
        if (series.mode == mode && !known) programs.push_back(one);
      }
    }
    return programs;
  }

  static Series all_of(const std::vector<Series>& common) {
    std::vector<HistorySeries> before, after, siblings_before, siblings_after;
    for (const Series& series : common) {
      before.push_back(series.before);
      after.push_back(series.after);
      if (series.siblings_before) siblings_before.push_back(*series.siblings_before);
      if (series.siblings_after) siblings_after.push_back(*series.siblings_after);
    }
    return {over_all_programs(before), over_all_programs(after), over_all_programs(siblings_before),
            over_all_programs(siblings_after)};
  }

  void compare_series(const Series& series) {
    for (const auto& [figure, samples] : series.before.figures) {
      const auto other = series.after.figures.find(figure);
      if (other == series.after.figures.end()) continue;
      HistoryDifference difference;
      difference.mode = series.before.mode;
      difference.program = series.before.program;
      difference.phases = series.before.phases;
      difference.figure = figure;
      difference.before = distribution_of(samples);
      difference.after = distribution_of(other->second);
      const bool known_before = know_deviation(difference.before, series.siblings_before, figure);
      const bool known_after = know_deviation(difference.after, series.siblings_after, figure);
      if (is_measured(figure) && !(known_before && known_after)) difference.verdict = Verdict::kUnknown;
      result_.differences.push_back(std::move(difference));
    }
  }

  // The differences from `first` on are one mode's.
  void judge(std::size_t first) {
    const std::map<std::string, double> usual = usual_deviations(first);
    std::set<std::string> names;
    for (std::size_t i = first; i < result_.differences.size(); ++i)
      names.insert(title_of(result_.differences[i].program, result_.differences[i].phases));
    const auto programs = static_cast<double>(names.size());
    for (std::size_t i = first; i < result_.differences.size(); ++i) {
      HistoryDifference& difference = result_.differences[i];
      if (difference.verdict == Verdict::kUnknown) continue;
      if (is_measured(difference.figure)) {
        double least = usual.contains(difference.figure) ? usual.at(difference.figure) : 0;
        // Over all programs the deviations of the single ones average out.
        if (difference.program == kAllPrograms) least /= std::sqrt(programs);
        difference.noise = kStandardErrors * std::hypot(standard_error(difference.before, least),
                                                        standard_error(difference.after, least));
      }
      const double change = std::abs(difference.change());
      difference.verdict = change == 0                  ? Verdict::kEqual
                           : change <= difference.noise ? Verdict::kWithinNoise
                                                        : Verdict::kChanged;
    }
  }

  // By figure the median over the programs of its relative deviation.
  std::map<std::string, double> usual_deviations(std::size_t first) const {
    std::map<std::string, std::vector<double>> found;
    for (std::size_t i = first; i < result_.differences.size(); ++i) {
      const HistoryDifference& difference = result_.differences[i];
      if (difference.program == kAllPrograms || difference.verdict == Verdict::kUnknown) continue;
      for (const Distribution* side : {&difference.before, &difference.after}) {
        if (is_measured(difference.figure)) found[difference.figure].push_back(relative(*side));
      }
    }
    std::map<std::string, double> usual;
    for (auto& [figure, deviations] : found) usual[figure] = distribution_of(std::move(deviations)).median;
    return usual;
  }

  void note(std::string text) {
    if (std::find(result_.notes.begin(), result_.notes.end(), text) == result_.notes.end()) {
      result_.notes.push_back(std::move(text));
    }
  }

  void note_inputs(const HistorySeries& before, const HistorySeries& after) {
    if (before.config_sha256 != after.config_sha256) {
      note(fmt::format("the configurations differ in {} mode: {} and {}{}", before.mode,
                       before.core.empty() ? "none" : before.core, after.core.empty() ? "none" : after.core,
                       before.core == after.core ? " with other settings" : ""));
    }
    const bool known = !before.program_sha256.empty() && !after.program_sha256.empty();
    if (known && before.program_sha256 != after.program_sha256) {
      note(fmt::format("{} is another binary: its figures differ for that reason too", before.program));
    }
  }

  // The other side has the program, but not this part of it.
  void note_phases(const HistorySeries& before) {
    for (const HistoryRecord& record : after_.records) {
      for (const HistorySeries& series : record.series) {
        if (series.mode != before.mode || series.program != before.program) continue;
        note(fmt::format("{} in {} mode is not compared: {} ran on one side, {} on the other", before.program,
                         before.mode, before.phases.empty() ? "all of it" : before.phases,
                         series.phases.empty() ? "all of it" : series.phases));
      }
    }
  }

  void note_missing(const std::string& mode, std::size_t common) {
    if (common == 0) note(fmt::format("nothing of {} mode is on both sides", mode));
  }

  void note_hosts() {
    const std::string& before = before_.records.back().host;
    const std::string& after = after_.records.back().host;
    if (!before.empty() && !after.empty() && before != after) {
      note(
          fmt::format("the hosts differ, so what was measured cannot be compared: {} and {}", before, after));
    }
  }

  const HistorySide& before_;
  const HistorySide& after_;
  std::set<std::string> modes_;
  HistoryComparison result_;
};

bool all_have(const std::vector<HistorySeries>& series, const std::string& figure) {
  return std::all_of(series.begin(), series.end(), [&](const HistorySeries& one) {
    const auto found = one.figures.find(figure);
    if (found == one.figures.end()) return false;
    return std::all_of(found->second.begin(), found->second.end(), [](double value) { return value > 0; });
  });
}

// By run, over those that all programs made; `combine` over the programs' values of a run.
template <class Combine>
std::vector<double> by_run(const std::vector<const std::vector<double>*>& samples, Combine combine) {
  std::size_t runs = SIZE_MAX;
  for (const auto* one : samples) runs = std::min(runs, one->size());
  std::vector<double> means;
  for (std::size_t run = 0; run < runs; ++run) {
    double sum = 0;
    for (const auto* one : samples) sum += combine((*one)[run]);
    means.push_back(sum / static_cast<double>(samples.size()));
  }
  return means;
}

}  // namespace

HistorySeries over_all_programs(const std::vector<HistorySeries>& series) {
  HistorySeries all;
  if (series.empty()) return all;
  all = series.front();
  all.program = std::string(kAllPrograms);
  all.program_sha256.clear();
  all.figures.clear();
  const auto differs = [&](const HistorySeries& one) { return one.phases != all.phases; };
  if (std::any_of(series.begin(), series.end(), differs)) all.phases.clear();
  std::vector<const std::vector<double>*> errors;
  for (const HistorySeries& one : series) {
    const auto found = one.figures.find(std::string(kHardwareError));
    if (found != one.figures.end()) errors.push_back(&found->second);
  }
  if (!errors.empty()) {
    all.figures[std::string(kHardwareError)] = by_run(errors, [](double value) { return std::abs(value); });
  }
  for (const auto& [figure, ignored] : series.front().figures) {
    if (figure == kHardwareError || !all_have(series, figure)) continue;
    std::vector<const std::vector<double>*> samples;
    for (const HistorySeries& one : series) samples.push_back(&one.figures.at(figure));
    std::vector<double>& means = all.figures[figure];
    means = by_run(samples, [](double value) { return std::log(value); });
    for (double& mean : means) mean = std::exp(mean);
  }
  return all;
}

std::optional<HistorySeries> pooled(const std::vector<HistoryRecord>& records, const std::string& mode,
                                    const std::string& program, const std::string& phases) {
  std::optional<HistorySeries> result;
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    for (const HistorySeries& series : record->series) {
      if (series.mode != mode || series.program != program || series.phases != phases) continue;
      if (!result) {
        result = series;
      } else if (result->config_sha256 == series.config_sha256 &&
                 result->program_sha256 == series.program_sha256) {
        for (const auto& [figure, samples] : series.figures) {
          auto& all = result->figures[figure];
          all.insert(all.end(), samples.begin(), samples.end());
        }
      }
    }
  }
  return result;
}

HistoryComparison compare(const HistorySide& before, const HistorySide& after) {
  return Comparer(before, after).run();
}

}  // namespace m2sim::cmd
