#include "calibration/measured/perf_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "calibration/measured/json_fields.h"
#include "calibration/measured/measurement_error.h"

namespace m2sim::calibration {
namespace {

constexpr std::string_view kStarted = "# started on ";
constexpr std::string_view kSeparators = ",;|\t";

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

bool is_count(std::string_view text) { return number_of(text) || text.starts_with("<not "); }

// perf quotes nothing: between slashes a comma belongs to the event.
std::vector<std::string> split(std::string_view line) {
  const std::size_t first = line.find_first_of(kSeparators);
  if (first == std::string_view::npos) return {};
  const char separator = line[first];
  std::vector<std::string> fields(1);
  bool in_event = false;
  for (const char byte : line) {
    if (byte == '/') in_event = !in_event;
    if (byte == separator && !in_event) {
      fields.emplace_back();
    } else {
      fields.back() += byte;
    }
  }
  return fields;
}

[[noreturn]] void fail(const std::string& where, const std::string& what) {
  throw MeasurementError(where + ": " + what);
}

constexpr std::string_view kWhole = "use perf stat without -I, -A and --per-...: a line counts a whole run";

// value, unit, event, [deviation "1.2%"], time that it counted, percent of the run, metric, its unit.
std::optional<PerfEvent> csv_event(std::string_view line, const std::string& where) {
  constexpr std::size_t kFewest = 5;
  const std::vector<std::string> fields = split(line);
  if (fields.size() < kFewest) fail(where, "not a line of perf stat -x,");
  if (fields[0].empty() && fields[2].empty()) return std::nullopt;  // a further metric
  if (!is_count(fields[0]) || number_of(fields[1]) || is_count(fields[2])) fail(where, std::string(kWhole));
  const std::size_t behind = fields[3].ends_with('%') ? 4 : 3;
  const std::optional<double> percent =
      behind + 1 < fields.size() ? number_of(fields[behind + 1]) : std::nullopt;
  if (!percent) fail(where, "has no share of the run in which it counted");
  return PerfEvent{fields[2], fields[1], number_of(fields[0]), *percent};
}

std::optional<PerfEvent> json_event(std::string_view line, const std::string& where) {
  const nlohmann::json object = parse_json(line, where);
  JsonFields fields(object, where);
  for (const char* part : {"interval", "timestamp", "cpu", "core", "die", "socket", "node", "thread"}) {
    if (fields.has(part)) fail(where, std::string(kWhole));
  }
  if (!fields.has("event") || !fields.has("counter-value")) return std::nullopt;  // a further metric
  const std::string value = fields.text("counter-value");
  if (!is_count(value)) fail(where, fmt::format("'{}' is no count", value));
  return PerfEvent{fields.text("event"), fields.text_or("unit", ""), number_of(value),
                   fields.optional_number("pcnt-running").value_or(100)};
}

}  // namespace

bool is_perf_json(std::string_view line) {
  return line.starts_with('{') && line.find("\"counter-value\"") != std::string_view::npos;
}

bool is_perf_csv(std::string_view line) {
  const std::vector<std::string> fields = split(line);
  // With -I or -A something stands before the count; csv_event says so.
  return fields.size() >= 5 && std::ranges::any_of(fields.begin(), fields.begin() + 3,
                                                   [](const std::string& field) { return is_count(field); });
}

std::vector<PerfLine> perf_lines(std::string_view text, const std::string& file) {
  std::vector<PerfLine> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(kStarted)) {
      lines.push_back({number, std::string(line.substr(kStarted.size())), std::nullopt});
    } else if (!line.empty() && !line.starts_with('#')) {
      const std::string where = fmt::format("'{}', line {}", file, number);
      auto event = line.starts_with('{') ? json_event(line, where) : csv_event(line, where);
      if (event) lines.push_back({number, "", std::move(event)});
    }
  }
  return lines;
}

}  // namespace m2sim::calibration
