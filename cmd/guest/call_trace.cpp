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

std::FILE* trace_file = nullptr;

void line_to_trace(std::string_view line) { fmt::print(trace_file, "{}\n", line); }

}  // namespace

emu::LineSink trace_to(const std::string& path) {
  require_writable(path);
  trace_file = std::fopen(path.c_str(), "we");
  if (trace_file == nullptr) throw failure("cannot write {}: {}", path, std::strerror(errno));
  return line_to_trace;
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
