#include "cmd/profile/report.h"

#include <fmt/format.h>

#include "cmd/console/terminal.h"
#include "cmd/profile/sections.h"
#include "cmd/profile/stages.h"
#include "cmd/results/report.h"

namespace m2sim::cmd {
namespace {

std::string headline(const ProfileSummary& summary, const ProgramProfile& program, bool color) {
  constexpr std::size_t kWidestName = 60;
  std::string runs = fmt::format("{} run{} after {} to warm up", summary.iterations,
                                 summary.iterations == 1 ? "" : "s", summary.warmup);
  if (!summary.core.empty()) runs += fmt::format("; {}", summary.core.substr(0, kWidestName));
  return paint(program.name.substr(0, kWidestName), Color::kBold, color) +
         fmt::format(": {} instructions\n{}\n", grouped(program.counts.insts), runs);
}

std::string in_full(const ProfileSummary& summary, const ProgramProfile& program, bool color) {
  std::string text = headline(summary, program, color) + "\n" + mode_section(program, color) + "\n" +
                     stage_section(program, color) + "\n" + count_section(program, color) + "\n" +
                     cost_section(program, color);
  for (const ModeProfile& mode : program.modes) {
    text += "\n" + function_section(fmt::format("Top functions, {}", mode_name(mode.mode)),
                                    mode.samples.functions, mode.samples.total, summary.top, color);
  }
  return text + "\n";
}

std::string file_section(std::string_view what, const std::optional<FunctionProfile>& profile, unsigned top,
                         bool color) {
  if (!profile) return "";
  const std::string title = fmt::format("{} profile {}, {}", what, profile->file, profile->unit);
  return function_section(title, profile->functions, profile->total, top, color) + "\n";
}

}  // namespace

std::string profile_text(const ProfileSummary& summary, bool details, bool color) {
  std::string text;
  const bool several = summary.programs.size() > 1;
  for (const ProgramProfile& program : summary.programs) {
    if (program.error.empty() && (details || !several)) text += in_full(summary, program, color);
  }
  if (several || summary.failed() > 0) text += program_section(summary, color) + "\n";
  if (several && summary.failed() < summary.programs.size()) {
    text += in_full(summary, batch_total(summary), color);
  }
  text += file_section("CPU", summary.cpu, summary.top, color);
  return text + file_section("Heap", summary.heap, summary.top, color);
}

}  // namespace m2sim::cmd
