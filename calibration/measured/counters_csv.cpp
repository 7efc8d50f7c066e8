#include "calibration/measured/counters_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>

#include "calibration/csv.h"
#include "calibration/measured/event_name.h"
#include "calibration/measured/measurement_error.h"

namespace m2sim::calibration {
namespace {

constexpr std::string_view kBeginning = "program,iterations,";
constexpr std::size_t kFirstColumn = 2;

class Line {
 public:
  Line(std::string_view line, std::size_t number, const std::string& file)
      : where_(fmt::format("'{}', line {}", file, number)) {
    std::optional<std::vector<std::string>> fields = csv_fields(line);
    if (!fields) fail("a quote that does not end");
    fields_ = *std::move(fields);
  }

  const std::vector<std::string>& fields() const { return fields_; }
  double number(std::size_t column) const {
    const std::string& text = fields_[column];
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
      fail(fmt::format("'{}' is no number", text));
    }
    return value;
  }
  [[noreturn]] void fail(const std::string& what) const { throw MeasurementError(where_ + ": " + what); }
  const std::string& where() const { return where_; }

 private:
  std::string where_;
  std::vector<std::string> fields_;
};

// The columns under the names that a reading has.
std::vector<std::string> columns_of(const Line& head) {
  std::vector<std::string> columns(kFirstColumn);
  for (std::size_t i = kFirstColumn; i < head.fields().size(); ++i) {
    const std::string& text = head.fields()[i];
    std::string name = text == "seconds" || text == "clock_ghz" ? text : event_name(text).counter;
    if (name.empty()) {
      std::vector<std::string> known = known_events();
      known.insert(known.end(), {"seconds", "clock_ghz"});
      throw MeasurementError(fmt::format("{}: there is no counter '{}'", head.where(), text), text, known);
    }
    if (std::ranges::find(columns, name) != columns.end()) head.fail(fmt::format("two columns are {}", name));
    columns.push_back(std::move(name));
  }
  return columns;
}

Reading reading_of(const Line& line, const std::vector<std::string>& columns) {
  if (line.fields().size() != columns.size()) {
    line.fail(fmt::format("{} fields and {} columns", line.fields().size(), columns.size()));
  }
  Reading reading;
  reading.program = line.fields()[0];
  if (reading.program.empty()) line.fail("no name of a program");
  constexpr double kMost = 1e18;
  const double iterations = line.number(1);
  if (!(iterations >= 1 && iterations < kMost) || iterations != std::floor(iterations)) {
    line.fail(fmt::format("{} iterations; they are a whole number, at least 1", line.fields()[1]));
  }
  reading.iterations = static_cast<std::uint64_t>(iterations);
  for (std::size_t i = kFirstColumn; i < columns.size(); ++i) {
    const double value = line.number(i);
    if (columns[i] == "seconds") {
      reading.seconds = value;
    } else if (columns[i] == "clock_ghz") {
      reading.clock_ghz = value;
    } else {
      reading.counters[columns[i]] = value;
    }
  }
  return reading;
}

}  // namespace

bool is_counters_csv(std::string_view line) { return line.starts_with(kBeginning); }

std::vector<Reading> parse_counters_csv(std::string_view text, const std::string& file) {
  std::vector<Reading> readings;
  std::vector<std::string> columns;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    const Line fields(line, number, file);
    if (columns.empty()) {
      columns = columns_of(fields);
    } else {
      readings.push_back(reading_of(fields, columns));
    }
  }
  if (readings.empty()) throw MeasurementError(fmt::format("'{}': a head and no readings", file));
  return readings;
}

}  // namespace m2sim::calibration
