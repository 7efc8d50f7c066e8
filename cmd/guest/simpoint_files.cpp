#include "cmd/guest/simpoint_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>
#include <sstream>

#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"

namespace m2sim::cmd {
namespace {

template <class T>
std::optional<T> whole_text_as(std::string_view text) {
  T value{};
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class First>
struct PointRow {
  std::size_t line;
  First first;
  std::uint64_t phase;
};

template <class First>
std::vector<PointRow<First>> rows_of(const std::string& path, std::string_view form) {
  std::vector<PointRow<First>> rows;
  for (const NumberedLine& line : lines_of(path)) {
    std::istringstream words(line.text);
    std::string first;
    std::string phase;
    std::string more;
    words >> first >> phase >> more;
    const auto value = whole_text_as<First>(first);
    const auto label = whole_text_as<std::uint64_t>(phase);
    if (!value || !label || !more.empty())
      throw failure("'{}', line {}: '{}' is not '{}'", path, line.number, beginning_of(line.text), form);
    rows.push_back({line.number, *value, *label});
  }
  return rows;
}

void require_each_once(const std::string& path, const std::vector<PointRow<std::uint64_t>>& rows) {
  std::vector<PointRow<std::uint64_t>> sorted = rows;
  std::ranges::stable_sort(sorted, {}, &PointRow<std::uint64_t>::first);
  const auto twice = std::ranges::adjacent_find(sorted, {}, &PointRow<std::uint64_t>::first);
  if (twice != sorted.end())
    throw failure("'{}', line {}: interval {} was in line {} already", path, (twice + 1)->line, twice->first,
                  twice->line);
}

void require_weight(const std::string& path, const PointRow<double>& row) {
  if (!(row.first >= 0 && row.first <= kMostWeight))
    throw failure("'{}', line {}: a weight lies between 0 and 1, not at {}", path, row.line, row.first);
}

}  // namespace

std::string beside(const std::string& path, const std::string& ending) {
  return std::filesystem::path(path).replace_extension(ending).string();
}

std::vector<NumberedLine> lines_of(const std::string& path) {
  std::vector<NumberedLine> lines;
  std::istringstream text(read_file(path));
  std::size_t number = 0;
  for (std::string line; std::getline(text, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") != std::string::npos)
      lines.push_back({number, std::move(line), !text.eof()});
  }
  return lines;
}

std::string beginning_of(const std::string& text) {
  constexpr std::size_t kMostShown = 40;
  return text.size() <= kMostShown ? printable(text) : printable(text.substr(0, kMostShown)) + "...";
}

std::string simpoints_text(const std::vector<timing::SimPoint>& points) {
  std::string text;
  for (const timing::SimPoint& point : points) text += fmt::format("{} {}\n", point.interval, point.phase);
  return text;
}

std::string weights_text(const std::vector<timing::SimPoint>& points) {
  std::string text;
  for (const timing::SimPoint& point : points) text += fmt::format("{:.9g} {}\n", point.weight, point.phase);
  return text;
}

std::vector<timing::SimPoint> read_simpoints(const std::string& path, const std::string& weights_path) {
  const auto intervals = rows_of<std::uint64_t>(path, "interval phase");
  if (intervals.empty()) throw failure("'{}' has no simulation points", path);
  require_each_once(path, intervals);
  const auto weights = rows_of<double>(weights_path, "weight phase");
  if (weights.size() != intervals.size())
    throw failure("'{}' has {} weights, but '{}' has {} simulation points", weights_path, weights.size(),
                  path, intervals.size());
  std::vector<timing::SimPoint> points;
  double sum = 0;
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    require_weight(weights_path, weights[i]);
    if (weights[i].phase != intervals[i].phase)
      throw failure(
          "'{}', line {}: this is a weight of phase {}, but line {} of '{}' has a point of phase {}",
          weights_path, weights[i].line, weights[i].phase, intervals[i].line, path, intervals[i].phase);
    points.push_back({intervals[i].first, intervals[i].phase, weights[i].first});
    sum += weights[i].first;
  }
  if (!(sum > 0 && sum <= kMostWeight))
    throw failure("'{}': the weights sum to {:.4g}; they are parts of one run", weights_path, sum);
  // What stands for nothing need not be timed.
  std::erase_if(points, [](const timing::SimPoint& point) { return point.weight == 0; });
  std::ranges::sort(points, {}, &timing::SimPoint::interval);
  return points;
}

}  // namespace m2sim::cmd
