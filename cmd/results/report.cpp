#include "cmd/results/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "cmd/console/terminal.h"
#include "cmd/results/accuracy.h"

namespace m2sim::cmd {
namespace {

constexpr std::string_view kStackPrefix = "core.cpi_stack.";
constexpr unsigned kBarWidth = 40;

std::string headline(const Manifest& manifest) {
  std::string end;
  if (manifest.end == "exit") end = fmt::format("exit status {}", manifest.status);
  if (manifest.end == "signal") end = fmt::format("killed by signal {}", manifest.status);
  if (manifest.end == "stopped") end = fmt::format("stopped by signal {}", manifest.status);
  if (manifest.end == "limit") end = "stopped at the instruction limit";
  if (manifest.end == "timeout") end = "stopped by --timeout";
  if (manifest.end == "regions") end = "stopped behind the last region";
  std::string text =
      fmt::format("{}: {}; {} mode", printable(manifest.program), end, mode_name(manifest.mode));
  if (!manifest.core.empty()) text += fmt::format(", {}", manifest.core);
  if (manifest.clock == GuestClock::kCycles) text += ", clock by cycles";
  return text;
}

// What so few events give says little: it is marked, and a line says so.
constexpr double kFewEvents = 100;
constexpr char kFewMark = '*';

bool few(double events) { return events > 0 && events < kFewEvents; }

std::string row(std::string_view label, std::string_view value, bool marked = false) {
  return fmt::format("  {:<20}{:>18}{}\n", label, value, marked ? std::string(1, kFewMark) : "");
}

std::string count(const Stats& stats, std::string_view name) {
  return grouped(std::get<std::uint64_t>(stat_of(stats, name).value));
}

std::string cycles_section(const Stats& stats) {
  return row("cycles", count(stats, "core.cycles")) +
         row("CPI", fmt::format("{:.4f}", stat_value(stats, "core.cpi"))) +
         row("IPC", fmt::format("{:.4f}", stat_value(stats, "core.ipc")));
}

std::string stack_section(const Stats& stats, bool color) {
  const double cycles = stat_value(stats, "core.cycles");
  const double instructions = stat_value(stats, "core.insts");
  std::string text = paint("CPI stack", Color::kBold, color) + "\n";
  for (const Stat& stat : stats) {
    if (!stat.name.starts_with(kStackPrefix)) continue;
    const double part = as_double(stat.value);
    if (part == 0 || instructions == 0) continue;
    const double fraction = part / cycles;
    text += fmt::format("  {:<20}{:>9.4f} {:>6.1f} %  {}\n", stat.name.substr(kStackPrefix.size()),
                        part / instructions, 100 * fraction,
                        paint(bar_of(fraction, kBarWidth), Color::kCyan, color));
  }
  return text;
}

std::string branch_section(const Stats& stats, bool color) {
  return paint("Branches", Color::kBold, color) + "\n" + row("branches", count(stats, "branch.branches")) +
         row("mispredicted", count(stats, "branch.mispredicts")) +
         row("MPKI", fmt::format("{:.3f}", stat_value(stats, "branch.mpki")),
             few(stat_value(stats, "branch.mispredicts")));
}

std::string memory_section(const Stats& stats, double instructions, bool color) {
  constexpr std::array<std::string_view, 7> kLevels{"l1i", "l1d", "l2", "slc", "itlb", "dtlb", "l2_tlb"};
  // The caches at which accesses meet lines that are on their way.
  constexpr std::size_t kMeeting = 3;
  std::string text =
      fmt::format("{}{:>18}{:>18}{:>12}{:>12}{:>16}{:>17}\n", paint("Memory", Color::kBold, color),
                  "accesses", "misses", "miss rate", "MPKI", "merges", "late prefetches");
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    const auto figure = [level = kLevels[i]](std::string_view name) {
      return fmt::format("{}.{}", level, name);
    };
    const double tried = stat_value(stats, figure("accesses"));
    const double misses = stat_value(stats, figure("misses"));
    text +=
        fmt::format("  {:<6}{:>16}{:>18}{:>10.2f} %{:>12.3f}{}", kLevels[i], count(stats, figure("accesses")),
                    count(stats, figure("misses")), tried > 0 ? 100 * misses / tried : 0.0,
                    instructions > 0 ? 1000 * misses / instructions : 0.0, few(misses) ? kFewMark : ' ');
    if (i < kMeeting) {
      text += fmt::format("{:>15}{:>17}", count(stats, figure("merges")),
                          count(stats, figure("late_prefetches")));
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += "\n";
  }
  return text;
}

// How the figures above were found, where from parts of the run, and how well CPI is known.
class EstimateSection {
 public:
  // `prefix`: of their names.
  EstimateSection(const Stats& stats, std::string prefix) : stats_(stats), prefix_(std::move(prefix)) {}

  double value(const std::string& name) const { return stat_value(stats_, prefix_ + name); }
  std::string counted(std::string_view label, const std::string& name) const {
    return row(label, count(stats_, prefix_ + name));
  }
  std::string error() const {
    const Stat* const error = find_stat(stats_, prefix_ + "error");
    if (error == nullptr) return row("error", "not known");
    const double share = as_double(error->value);
    const double cpi = stat_value(stats_, "core.cpi");
    return row("CPI, 95 %", fmt::format("{:.4f} +- {:.4f}", cpi, cpi * share)) +
           row("error", fmt::format("{:.2f} %", 100 * share));
  }
  std::string what_was_done() const {
    std::string text = part("timed, count", "measured_insts") +
                       part("timed ahead of them", "detailed_insts") + part("warmed with", "warmed_insts") +
                       row("perhaps not warm", fmt::format("{:.2f} %", 100 * value("unwarmed")));
    if (const Stat* whole = find_stat(stats_, prefix_ + "whole_cpi"); whole != nullptr) {
      const double real = as_double(whole->value);
      text += row("CPI of the whole", fmt::format("{:.4f}", real));
      if (real > 0)
        text += row("off by", fmt::format("{:+.2f} %", 100 * (stat_value(stats_, "core.cpi") / real - 1)));
    }
    return text;
  }

 private:
  // With its share of the run behind.
  std::string part(std::string_view label, const std::string& name) const {
    const double insts = stat_value(stats_, "core.insts");
    std::string text = counted(label, name);
    text.pop_back();
    return text + fmt::format("{:>9.2f} %\n", insts > 0 ? 100 * value(name) / insts : 0);
  }

  const Stats& stats_;
  std::string prefix_;
};

std::string sampling_section(const Stats& stats, bool color) {
  if (find_stat(stats, "sample.windows") == nullptr) return "";
  const EstimateSection section(stats, "sample.");
  std::string text = paint("Sampling", Color::kBold, color) + "\n" + section.error();
  if (section.value("met") == 0)
    text += "  the error asked for is not met: the run is too short for it, or changes too much\n";
  return text + section.counted("windows", "windows") + section.what_was_done();
}

std::string points_section(const Stats& stats, bool color) {
  if (find_stat(stats, "simpoints.points") == nullptr) return "";
  const EstimateSection section(stats, "simpoints.");
  std::string text = paint("Simulation points", Color::kBold, color) + "\n" + section.error();
  if (find_stat(stats, "simpoints.error") == nullptr)
    text += "  a single point says nothing of how much its phase varies: m2sim phases --points 2 or more\n";
  text += section.counted("strata", "strata") + section.counted("points", "points");
  if (section.value("missed") != 0) text += section.counted("behind the run's end", "missed");
  return text + section.what_was_done();
}

}  // namespace

std::string regions_report(std::span<const RegionResult> regions, bool color) {
  constexpr std::size_t kNameWidth = 28;
  const bool timed = std::any_of(regions.begin(), regions.end(),
                                 [](const RegionResult& region) { return !region.stats.empty(); });
  std::string text = fmt::format("{}{:>{}}{:>18}", paint("Regions", Color::kBold, color), "times",
                                 kNameWidth + 5, "instructions");
  text += timed ? fmt::format("{:>18}{:>10}\n", "cycles", "CPI") : "\n";
  for (const RegionResult& region : regions) {
    text += fmt::format("  {:<{}}{:>10}{:>18}", printable(region.name), kNameWidth, grouped(region.times),
                        grouped(region.instructions));
    if (timed) {
      text += fmt::format("{:>18}{:>10.4f}", count(region.stats, "core.cycles"),
                          stat_value(region.stats, "core.cpi"));
    }
    text += region.open ? "  (the run ended inside)\n" : "\n";
  }
  return text;
}

std::string grouped(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t place = text.size(); place > 3;) {
    place -= 3;
    text.insert(place, 1, ',');
  }
  return text;
}

std::string bar_of(double fraction, unsigned width) {
  const double clamped = std::clamp(fraction, 0.0, 1.0);
  return std::string(static_cast<std::size_t>(std::lround(clamped * width)), '#');
}

std::string run_report(const Manifest& manifest, const Stats& stats, bool color) {
  const bool timed = find_stat(stats, "core.cycles") != nullptr;
  const std::string_view counted = timed ? "core.insts" : "emulation.insts";
  const double instructions = stat_value(stats, counted);
  std::string text = paint(headline(manifest), Color::kBold, color) + "\n";
  if (manifest.skip) text += row("skipped", grouped(*manifest.skip));
  if (manifest.warmup) text += row("warm-up", grouped(*manifest.warmup));
  text += row("instructions", count(stats, counted));
  if (timed) {
    text += cycles_section(stats);
    if (manifest.clock_mhz != 0) {
      const double hertz = 1e6 * static_cast<double>(manifest.clock_mhz);
      text += row(fmt::format("time at {:.2f} GHz", hertz / 1e9),
                  fmt::format("{:.9f} s", stat_value(stats, "core.cycles") / hertz));
    }
    text += fmt::format("  {:<20}  {}\n", "accuracy", accuracy_note(manifest));
    text += stack_section(stats, color) + branch_section(stats, color) +
            memory_section(stats, instructions, color);
    if (text.find(kFewMark) != std::string::npos)
      text += fmt::format("  {} of fewer than {} events\n", kFewMark, kFewEvents);
  }
  text += sampling_section(stats, color) + points_section(stats, color);
  text += paint("Simulator", Color::kBold, color) + "\n";
  text += row("blocks decoded", count(stats, "emulation.blocks_decoded"));
  text += row("system calls", count(stats, "emulation.system_calls"));
  text += row("seconds", fmt::format("{:.3f}", stat_value(stats, "host.seconds")));
  text += row("simulated MIPS", fmt::format("{:.1f}", stat_value(stats, "host.mips")));
  return text;
}

}  // namespace m2sim::cmd
