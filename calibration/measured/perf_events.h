// The lines of a file that perf stat wrote.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace m2sim::calibration {

struct PerfEvent {
  std::string name;
  std::string unit;
  std::optional<double> value;   // nothing: "<not counted>", "<not supported>"
  double percent_running = 100;  // of the time in which it could have counted
};

struct PerfLine {
  std::size_t number = 0;
  std::string started;  // of "# started on ..."
  std::optional<PerfEvent> event;
};

bool is_perf_json(std::string_view line);
bool is_perf_csv(std::string_view line);

// Without empty lines and metrics. Throws MeasurementError.
std::vector<PerfLine> perf_lines(std::string_view text, const std::string& file);

}  // namespace m2sim::calibration
