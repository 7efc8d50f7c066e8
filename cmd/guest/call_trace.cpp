#include "cmd/guest/call_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/results/report.h"
#include "emu/linux/process.h"

namespace m2sim::cmd {
namespace {

struct TraceFile {
  std::FILE* file = nullptr;
  std::string path;
  int error = 0;  // of the first line that did not fit: the guest goes on without
};
TraceFile trace_file;

void line_to_trace(std::string_view line) {
  if (trace_file.file == nullptr || trace_file.error != 0) return;
  const bool written = std::fwrite(line.data(), 1, line.size(), trace_file.file) == line.size() &&
                       std::fputc('\n', trace_file.file) != EOF;
  if (!written) trace_file.error = errno;
}

}  // namespace

emu::LineSink trace_to(const std::string& path, const std::string& program) {
  require_outputs({path}, {program});
  trace_file = {std::fopen(path.c_str(), "we"), path};
  if (trace_file.file == nullptr) throw failure("cannot write '{}': {}", path, std::strerror(errno));
  return line_to_trace;
}

std::string finish_trace() {
  if (trace_file.file == nullptr) return "";
  const bool closed = std::fclose(trace_file.file) == 0;
  trace_file.file = nullptr;
  if (!closed && trace_file.error == 0) trace_file.error = errno;
  if (trace_file.error == 0) return "";
  return fmt::format("cannot write '{}': {}", trace_file.path, std::strerror(trace_file.error));
}

std::string call_summary(emu::Machine& machine) {
  struct Row {
    std::string name;
    emu::Kernel::CallCount count;
  };
  std::vector<Row> rows;
  const auto& counts = machine.kernel().call_counts;
  for (std::size_t number = 0; number < counts.size(); ++number) {
    if (counts[number].calls == 0) continue;
    const char* name = emu::system_call_row(number).name;
    rows.push_back({name == nullptr ? fmt::format("number {}", number) : name, counts[number]});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.count.calls > b.count.calls; });
  std::string text = fmt::format("{:<24}{:>14}{:>14}\n", "System calls", "calls", "errors");
  for (const Row& row : rows) {
    text +=
        fmt::format("  {:<22}{:>14}{:>14}\n", row.name, grouped(row.count.calls), grouped(row.count.errors));
  }
  return text;
}

}  // namespace m2sim::cmd
