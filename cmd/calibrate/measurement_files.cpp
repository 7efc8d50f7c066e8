#include "cmd/calibrate/measurement_files.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "calibration/measured/counters_csv.h"
#include "calibration/measured/measurement_error.h"
#include "calibration/measured/measurement_json.h"
#include "calibration/measured/perf_events.h"
#include "calibration/measured/perf_stat.h"
#include "calibration/measured/readings.h"
#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/output_file.h"

namespace m2sim::cmd {
namespace {

using calibration::CoreType;
using calibration::MeasurementError;
using calibration::MeasurementFile;
using calibration::Reading;
using calibration::ReadingsOf;

template <class Function>
auto told(const Function& function) {
  try {
    return function();
  } catch (const MeasurementError& error) {
    const std::string hint = error.unknown().empty() ? "" : did_you_mean(error.unknown(), error.known());
    throw failure("{}{}", error.what(), hint);
  }
}

enum class FileKind { kMeasurements, kPerf, kCounters };

// By the first line that says something.
FileKind kind_of(std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos || line.front() == '#') continue;
    if (calibration::is_counters_csv(line)) return FileKind::kCounters;
    if (calibration::is_perf_json(line) || calibration::is_perf_csv(line)) return FileKind::kPerf;
    if (line[line.find_first_not_of(" \t\r")] == '{') return FileKind::kMeasurements;
    break;
  }
  throw failure(
      "'{}': no measurements: neither m2sim's JSON, nor what perf stat -x, or -j writes, nor a table that "
      "begins "
      "with program,iterations (docs/measurements.md)",
      path);
}

std::optional<CoreType> core_type_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  std::vector<std::string> names;
  for (const CoreType type :
       {CoreType::kPerformance, CoreType::kEfficiency, CoreType::kUnknown, CoreType::kAssumedPerformance}) {
    names.emplace_back(name_of(type));
    if (names.back() == text) return type;
  }
  throw failure("--core-type: there is no '{}'; it is one of {}", text, fmt::join(names, ", "));
}

void require_chip(const ForeignOptions& options, const std::string& path) {
  if (options.chip.empty())
    throw failure("'{}' does not say what it was measured on; add --chip, as M2", path);
}

std::string stem_of(const std::string& path) { return std::filesystem::path(path).filename().string(); }

MeasurementFile counters_of(const std::string& text, const std::string& path, const ForeignOptions& options) {
  require_chip(options, path);
  const CoreType type = core_type_of(options.core_type).value_or(CoreType::kUnknown);
  const ReadingsOf of{stem_of(path), "a table of counters", "unknown", options.chip, type};
  return {{set_of_readings(of, calibration::parse_counters_csv(text, path))}};
}

struct PerfFile {
  std::string path;
  calibration::PerfStat stat;
};

MeasurementFile perf_of(const std::vector<PerfFile>& files, const ForeignOptions& options) {
  const std::string& first = files[0].path;
  require_chip(options, first);
  if (options.program.empty()) throw failure("'{}' does not say what ran; add --program, as gemm", first);
  const std::size_t sizes = options.iterations.size();
  if (sizes != 1 && sizes != files.size()) {
    throw failure("--iterations: {} given for {} files of perf stat; give one of each, in their order", sizes,
                  files.size());
  }
  ReadingsOf of{stem_of(first), "perf stat", "unknown", options.chip, CoreType::kUnknown};
  std::optional<CoreType> type = core_type_of(options.core_type);
  std::vector<Reading> readings;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::optional<CoreType> counted = files[i].stat.core_type;
    if (i > 0 && counted != files[0].stat.core_type) {
      throw failure("'{}' and '{}' were not counted on one type of core; give them one by one", first,
                    files[i].path);
    }
    if (counted) type = counted;
    if (of.date == "unknown" && !files[i].stat.started.empty()) of.date = files[i].stat.started;
    for (Reading reading : files[i].stat.runs) {
      reading.program = options.program;
      reading.iterations = options.iterations[sizes == 1 ? 0 : i];
      readings.push_back(std::move(reading));
    }
  }
  of.core_type = type.value_or(CoreType::kUnknown);
  return {{set_of_readings(of, readings)}};
}

}  // namespace

MeasurementFile measurements_of(const std::vector<std::string>& paths, bool with_shipped) {
  return told([&] {
    MeasurementFile all;
    if (with_shipped) all = calibration::shipped_measurements();
    for (const std::string& path : paths) join(all, calibration::parse_measurements(read_file(path), path));
    return all;
  });
}

MeasurementFile ingested(const std::vector<std::string>& paths, const ForeignOptions& options) {
  return told([&] {
    MeasurementFile all;
    std::vector<PerfFile> perf;
    for (const std::string& path : paths) {
      const std::string text = read_file(path);
      switch (kind_of(text, path)) {
        case FileKind::kMeasurements:
          join(all, calibration::parse_measurements(text, path));
          break;
        case FileKind::kCounters:
          join(all, counters_of(text, path, options));
          break;
        case FileKind::kPerf:
          perf.push_back({path, calibration::parse_perf_stat(text, path, core_type_of(options.core_type))});
          break;
      }
    }
    if (!perf.empty()) join(all, perf_of(perf, options));
    return all;
  });
}

}  // namespace m2sim::cmd
