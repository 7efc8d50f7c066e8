#include "cmd/profile/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "cmd/console/terminal.h"
#include "cmd/profile/amdahl.h"
#include "cmd/profile/stages.h"
#include "cmd/results/report.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t kColumns = 100;

// As many digits as fit into seven places.
std::string number(double value) {
  if (std::abs(value) < 1000) return fmt::format("{:.2f}", value);
  return fmt::format("{:.{}f}", value, value < 100'000 ? 1 : 0);
}

// In one unit throughout a table, such that the largest fits.
struct TimeUnit {
  std::string_view name;
  double per_second;
  std::string of(double seconds) const { return number(per_second * seconds); }
};
TimeUnit unit_for(double seconds) {
  constexpr double kMostMs = 9000;
  return seconds < kMostMs ? TimeUnit{"ms", 1000} : TimeUnit{"s", 1};
}

std::string percent(double share) { return fmt::format("{:.1f}%", 100 * share); }

// Rare events need more digits than common ones.
std::string rate(double value) {
  if (value == 0) return "0";
  return value < 0.001 ? fmt::format("{:.1e}", value) : fmt::format("{:.4g}", value);
}

std::string hits(double share) { return fmt::format("{:.4f}%", 100 * share); }

std::string speedup(double share) {
  const double best = best_speedup(share);
  return std::isinf(best) ? "-" : fmt::format("{:.2f}x", best);
}

std::string title_line(std::string_view title, bool color) {
  return paint(title, Color::kBold, color) + "\n";
}

std::string shortened(const std::string& text, std::size_t width) {
  return text.size() <= width ? text : text.substr(0, width - 3) + "...";
}

std::string spread_cells(const Spread& spread, const TimeUnit& unit) {
  return fmt::format("{:>8}{:>8}{:>8}", unit.of(spread.min), unit.of(spread.mean), unit.of(spread.max));
}

double emulation_seconds(const ProgramProfile& program) {
  const ModeProfile* emulation = find_mode(program, Mode::kEmulation);
  return emulation == nullptr ? 0 : stage_table(*emulation, program.log).wall.mean;
}

std::string mode_row(const ProgramProfile& program, const ModeProfile& mode) {
  const ModeFigures figures = figures_of(mode);
  const StageTable table = stage_table(mode, program.log);
  const double reference = emulation_seconds(program);
  const std::string cpi = figures.cycles > 0 ? fmt::format("{:.4f}", figures.cpi) : "-";
  const std::string slower = reference > 0 ? fmt::format("{:.2f}x", table.wall.mean / reference) : "-";
  const std::string bottleneck =
      fmt::format("{} ({:.0f}%)", stage_name(table.bottleneck), 100 * table.share(table.bottleneck));
  return fmt::format("{:<12}{:>10}{:>10}{:>10}{:>10}{:>12}{:>12}   {}\n", mode_name(mode.mode),
                     number(figures.mips.min), number(figures.mips.mean), number(figures.mips.max), cpi,
                     number(1000 * table.wall.mean), slower, bottleneck);
}

struct CountRow {
  std::string_view what;
  std::string (*cell)(const RunCounts& counts);
};

std::string per_thousand(double events, const RunCounts& counts) {
  return rate(counts.insts > 0 ? 1000 * events / counts.insts : 0);
}

constexpr std::array<CountRow, 16> kCountRows{{
    {"blocks entered", [](const RunCounts& c) { return per_thousand(c.transitions, c); }},
    {"  chained, handler to handler", [](const RunCounts& c) { return per_thousand(c.chained, c); }},
    {"  by the run loop", [](const RunCounts& c) { return per_thousand(c.returns, c); }},
    {"    edge taken for the first time", [](const RunCounts& c) { return per_thousand(c.unlinked, c); }},
    {"    indirect branch to look up", [](const RunCounts& c) { return per_thousand(c.indirect, c); }},
    {"    end of a batch", [](const RunCounts& c) { return per_thousand(c.budget, c); }},
    {"    system call", [](const RunCounts& c) { return per_thousand(c.system_calls, c); }},
    {"    fault of the guest", [](const RunCounts& c) { return per_thousand(c.faults, c); }},
    {"searches of the block table", [](const RunCounts& c) { return per_thousand(c.finds, c); }},
    {"blocks decoded", [](const RunCounts& c) { return per_thousand(c.decodes, c); }},
    {"memory instructions", [](const RunCounts& c) { return per_thousand(c.accesses, c); }},
    {"allocations", [](const RunCounts& c) { return per_thousand(c.allocations, c); }},
    {"block-cache hit rate", [](const RunCounts& c) { return hits(c.hit_rate); }},
    {"  after 10 million instructions",
     [](const RunCounts& c) { return c.steady_insts > 0 ? hits(c.steady_hit_rate) : std::string("-"); }},
    {"allocations after 10 million, in all",
     [](const RunCounts& c) { return c.steady_insts > 0 ? number(c.steady_allocations) : std::string("-"); }},
    {"ns to decode an instruction", [](const RunCounts& c) { return number(c.decode_ns_per_inst); }},
}};

double largest_share(const std::vector<std::vector<Cost>>& costs, std::size_t row) {
  double largest = 0;
  for (const std::vector<Cost>& mode : costs) largest = std::max(largest, mode[row].share);
  return largest;
}

std::string program_row(const ProfileSummary& summary, const ProgramProfile& program, std::size_t width,
                        bool color) {
  std::string line = fmt::format("{:<{}}", shortened(program.name, width), width);
  if (!program.error.empty()) {
    return line + " " + paint("FAILED: " + program.error, Color::kRed, color) + "\n";
  }
  line += fmt::format("{:>14}", grouped(program.counts.insts));
  std::string bottleneck;
  for (const Mode mode : summary.modes) {
    const ModeProfile* profile = find_mode(program, mode);
    if (profile == nullptr) continue;
    const ModeFigures figures = figures_of(*profile);
    line += fmt::format("{:>8}", number(figures.mips.mean));
    if (mode != Mode::kEmulation) line += fmt::format("{:>8.4f}", figures.cpi);
    const StageTable table = stage_table(*profile, program.log);
    bottleneck += fmt::format(" {:<7}", stage_name(table.bottleneck));
  }
  return line + " " + bottleneck + "\n";
}

}  // namespace

std::string mode_section(const ProgramProfile& program, bool color) {
  std::string text = paint(fmt::format("{:<12}{:>10}{:>10}{:>10}{:>10}{:>12}{:>12}   {}", "mode", "MIPS min",
                                       "mean", "max", "CPI", "ms a run", "x emulation", "bottleneck"),
                           Color::kBold, color) +
                     "\n";
  for (const ModeProfile& mode : program.modes) text += mode_row(program, mode);
  return text;
}

std::string stage_section(const ProgramProfile& program, bool color) {
  std::vector<StageTable> tables;
  std::string modes = fmt::format("{:<7}", "");
  std::string columns;
  double longest = 0;
  for (const ModeProfile& mode : program.modes) {
    tables.push_back(stage_table(mode, program.log));
    longest = std::max(longest, tables.back().wall.max);
    modes += fmt::format("{:>31}", mode_name(mode.mode));
    columns += fmt::format("{:>8}{:>8}{:>8}{:>7}", "min", "mean", "max", "share");
  }
  const TimeUnit unit = unit_for(longest);
  std::string text = title_line(modes, color) + title_line(fmt::format("{:<7}{}", unit.name, columns), color);
  for (std::size_t i = 0; i < kStageCount; ++i) {
    const auto stage = static_cast<Stage>(i);
    text += fmt::format("{:<7}", stage_name(stage));
    for (const StageTable& table : tables) {
      const std::string share = fmt::format("{:>7}", percent(table.share(stage)));
      const bool most = stage == table.bottleneck;
      text += spread_cells(table.of(stage), unit) + paint(share, most ? Color::kYellow : Color::kNone, color);
    }
    text += "\n";
  }
  text += fmt::format("{:<7}", "run");
  for (const StageTable& table : tables) {
    text += spread_cells(table.wall, unit) + fmt::format("{:>7}", percent(table.covered));
  }
  return text + "\n";
}

std::string count_section(const ProgramProfile& program, bool color) {
  std::string head = fmt::format("{:<38}", "per 1000 instructions");
  std::vector<RunCounts> counts;
  for (const ModeProfile& mode : program.modes) {
    head += fmt::format("{:>16}", mode_name(mode.mode));
    counts.push_back(run_counts(program.counts, mode));
  }
  std::string text = title_line(head, color);
  for (const CountRow& row : kCountRows) {
    text += fmt::format("{:<38}", row.what);
    for (const RunCounts& mode : counts) text += fmt::format("{:>16}", row.cell(mode));
    text += "\n";
  }
  return text;
}

std::string cost_section(const ProgramProfile& program, bool color) {
  constexpr double kLeastShare = 0.0005;
  std::string head = fmt::format("{:<28}{:>10}", "without it, at best", "per inst");
  std::vector<std::vector<Cost>> costs;
  for (const ModeProfile& mode : program.modes) {
    head += fmt::format("{:>20}", mode_name(mode.mode));
    costs.push_back(costs_of(program, mode));
  }
  std::string text = title_line(head, color);
  if (costs.empty()) return text;
  std::vector<std::size_t> order;
  for (std::size_t row = 0; row < costs.front().size(); ++row) {
    if (largest_share(costs, row) >= kLeastShare) order.push_back(row);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return largest_share(costs, a) > largest_share(costs, b);
  });
  for (const std::size_t row : order) {
    const Cost& first = costs.back()[row];
    text += fmt::format("{:<28}{:>10}", first.what, first.events ? rate(*first.events) : "-");
    for (const std::vector<Cost>& mode : costs) {
      text += fmt::format("{:>10}{:>10}", percent(mode[row].share), speedup(mode[row].share));
    }
    text += "\n";
  }
  return text;
}

std::string function_section(std::string_view title, const std::vector<Function>& functions,
                             std::uint64_t total, unsigned top, bool color) {
  constexpr std::size_t kBefore = 22;
  std::string text = title_line(fmt::format("{} ({} in all)", title, grouped(total)), color);
  for (std::size_t i = 0; i < functions.size() && i < top; ++i) {
    const double share = static_cast<double>(functions[i].samples) / static_cast<double>(total);
    text += fmt::format("{:>13}{:>7}  {}\n", grouped(functions[i].samples), percent(share),
                        shortened(functions[i].name, kColumns - kBefore));
  }
  return text;
}

std::string program_section(const ProfileSummary& summary, bool color) {
  constexpr std::size_t kWidest = 19;
  std::size_t width = 7;
  for (const ProgramProfile& program : summary.programs) width = std::max(width, program.name.size());
  width = std::min(width, kWidest);
  std::string modes = fmt::format("{:<{}}", "", width + 14);
  std::string head = fmt::format("{:<{}}{:>14}", "program", width, "instructions");
  for (const Mode mode : summary.modes) {
    modes += fmt::format("{:>{}}", mode_name(mode), mode == Mode::kEmulation ? 8 : 16);
    head += fmt::format("{:>8}{:>{}}", "MIPS", mode == Mode::kEmulation ? "" : "CPI",
                        mode == Mode::kEmulation ? 0 : 8);
  }
  std::string text = title_line(modes, color) + title_line(head + "  bottlenecks", color);
  for (const ProgramProfile& program : summary.programs) text += program_row(summary, program, width, color);
  return text;
}

}  // namespace m2sim::cmd
