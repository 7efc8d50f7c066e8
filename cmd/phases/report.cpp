#include "cmd/phases/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cmd/console/terminal.h"
#include "cmd/guest/simpoints.h"
#include "cmd/results/report.h"
#include "cmd/results/stats_file.h"

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kStripColumns = 96;
constexpr std::size_t kShownPoints = 8;

char letter_of(std::size_t phase) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return phase < kLetters.size() ? kLetters[phase] : '?';
}

std::string points_text(const timing::RunPhase& phase) {
  std::string text;
  for (std::size_t i = 0; i < std::min(phase.points.size(), kShownPoints); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : " ", phase.points[i].interval);
  if (phase.points.size() > kShownPoints)
    text += fmt::format(" and {} more", phase.points.size() - kShownPoints);
  return text;
}

// Where points are most of a run little is saved by them.
std::string hint_text(const PhasesResult& result, std::size_t points) {
  constexpr std::uint64_t kEnough = 300;  // intervals
  if (2 * points < result.found.labels.size() || !result.can_be_cut_shorter) return "";
  const std::uint64_t size = std::max(result.insts / kEnough, kLeastInterval);
  if (size >= *result.interval_size) return "";
  std::uint64_t round = kLeastInterval;
  while (round * 10 <= size) round *= 10;
  return fmt::format(
      "that is most of it: shorter intervals leave more out, as with --interval-size {}, where the --warmup "
      "of run --simpoints is short, too\n",
      round);
}

}  // namespace

std::vector<timing::SimPoint> points_of(const timing::RunPhases& phases) {
  std::vector<timing::SimPoint> points;
  for (const timing::RunPhase& phase : phases.phases) {
    for (const timing::PhasePoint& point : phase.points)
      points.push_back({point.interval, point.stratum, point.weight});
  }
  std::ranges::sort(points, {}, &timing::SimPoint::interval);
  return points;
}

std::string phases_strip(const timing::RunPhases& phases, std::size_t columns) {
  const std::size_t intervals = phases.labels.size();
  columns = std::min(columns, intervals);
  std::string strip;
  for (std::size_t column = 0; column < columns; ++column) {
    std::vector<std::size_t> counts(phases.phases.size());
    for (std::size_t i = column * intervals / columns; i < (column + 1) * intervals / columns; ++i)
      ++counts[phases.labels[i]];
    strip += letter_of(static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin()));
  }
  return strip;
}

std::string phases_text(const PhasesResult& result, bool color) {
  const timing::RunPhases& found = result.found;
  std::string text = fmt::format("{}: {} instructions, {} intervals", printable(result.source),
                                 grouped(result.insts), grouped(found.labels.size()));
  if (result.interval_size) text += fmt::format(" of {}", grouped(*result.interval_size));
  text = paint(text + fmt::format(", {} blocks", grouped(result.blocks)), Color::kBold, color) + "\n";
  text += paint(fmt::format("{:<8}{:>9}{:>12}{:>17}{:>9}  {}", "Phases", "weight", "intervals",
                            "representative", "spread", "points"),
                Color::kBold, color) +
          "\n";
  for (std::size_t i = 0; i < found.phases.size(); ++i) {
    const timing::RunPhase& phase = found.phases[i];
    text += fmt::format("{:>3} {:<4}{:>7.2f} %{:>12}{:>17}{:>9.4f}  {}\n", i, letter_of(i),
                        100 * phase.weight, grouped(phase.intervals), grouped(phase.representative),
                        phase.spread, points_text(phase));
  }
  text += paint("Run", Color::kBold, color) + "\n  " + phases_strip(found, kStripColumns) + "\n";
  const std::size_t points = points_of(found).size();
  text += fmt::format("{} points, {:.2f} % of the run\n", points,
                      100 * static_cast<double>(points) / static_cast<double>(found.labels.size()));
  return text + hint_text(result, points);
}

std::string phases_json(const PhasesResult& result) {
  ordered_json json;
  json["schema_version"] = kSchemaVersion;
  json["source"] = result.source;
  json["instructions"] = result.insts;
  json["blocks"] = result.blocks;
  if (result.interval_size) json["interval_size"] = *result.interval_size;
  json["seed"] = result.plan.seed;
  json["phases"] = ordered_json::array();
  for (const timing::RunPhase& phase : result.found.phases) {
    ordered_json points = ordered_json::array();
    for (const timing::PhasePoint& point : phase.points)
      points.push_back({{"interval", point.interval}, {"weight", point.weight}, {"stratum", point.stratum}});
    json["phases"].push_back({{"weight", phase.weight},
                              {"intervals", phase.intervals},
                              {"representative", phase.representative},
                              {"spread", phase.spread},
                              {"points", std::move(points)}});
  }
  json["phase_of_interval"] = result.found.labels;
  json["bic"] = result.found.scores;
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace m2sim::cmd
