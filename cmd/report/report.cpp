#include "cmd/report/report.h"

#include <fmt/format.h>

#include "cmd/annotate/annotation.h"
#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"
#include "cmd/report/page.h"
#include "cmd/symbols/symboliser.h"
#include "emu/linux/kernel.h"

namespace m2sim::cmd {
namespace {

// Short ones to begin with, and always 100 to 200 of them; of those that were asked for ten times as many.
constexpr std::uint64_t kFirstInterval = 10;
constexpr std::size_t kMostIntervals = 200;

}  // namespace

RunNotes::RunNotes(std::optional<std::uint64_t> interval)
    : series_(interval.value_or(kFirstInterval), interval ? 10 * kMostIntervals : kMostIntervals) {}

std::string RunNotes::page(const Manifest& manifest, const Stats& stats,
                           std::span<const RegionResult> regions, const timing::TimingStats& all,
                           emu::Machine& machine) {
  series_.finish(all);
  Symboliser symboliser(machine.kernel().code_maps(), manifest.sysroot);
  const Annotation annotation = annotate(books_, all.core.slots_per_cycle, symboliser, machine);
  for (const std::string& warning : symboliser.warnings()) {
    write_stderr(fmt::format("m2sim: warning: {}\n", printable(warning)));
  }
  return run_page({manifest, stats, regions, annotation, series_});
}

}  // namespace m2sim::cmd
