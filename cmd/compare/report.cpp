#include "cmd/compare/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cmd/console/terminal.h"
#include "cmd/results/report.h"

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

constexpr int kSchema = 1;
constexpr double kSmallest = 0.0005;  // of the cycles before: smaller causes share a line
constexpr unsigned kLabelWidth = 26;

double rounded(double cycles) { return std::round(cycles) + 0.0; }  // no -0

std::string signed_count(double value) {
  const double whole = rounded(value);
  return (whole < 0 ? "-" : "+") + grouped(static_cast<std::uint64_t>(std::abs(whole)));
}

std::string count(double value) { return grouped(static_cast<std::uint64_t>(rounded(value))); }

std::string percent(const Change& change) {
  if (change.before == 0) return change.after == 0 ? "" : "new";
  return fmt::format("{:+.2f} %", 100 * change.difference() / change.before);
}

double ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }

Color color_of(double difference) { return difference < 0 ? Color::kGreen : Color::kRed; }

class Report {
 public:
  Report(const RunComparison& comparison, const CompareReportOptions& options)
      : comparison_(comparison), options_(options), whole_(comparison.cycles.difference()) {}

  std::string text(const RunFile& before, const RunFile& after) {
    text_ = headline("A", before) + headline("B", after) + "\n";
    figures();
    waterfall();
    functions();
    settings();
    other_figures();
    return std::move(text_);
  }

 private:
  std::string headline(std::string_view side, const RunFile& run) const {
    const auto function = [&](std::string_view name) { return printable(run.said(name)); };
    return fmt::format("{}  {}: {}; {} mode, {}\n", paint(side, Color::kBold, options_.color),
                       printable(run.path), function("argv"), function("mode"), function("core"));
  }

  void title(std::string_view text) { text_ += "\n" + paint(text, Color::kBold, options_.color) + "\n"; }

  void figures() {
    text_ += fmt::format("{:<{}}{:>18}{:>18}{:>12}\n", "", kLabelWidth, "A", "B", "change");
    row("cycles", comparison_.cycles, 0);
    row("instructions", comparison_.insts, 0);
    const Change& cycles = comparison_.cycles;
    const Change& insts = comparison_.insts;
    row("CPI", {"", ratio(cycles.before, insts.before), ratio(cycles.after, insts.after)}, 4);
    row("IPC", {"", ratio(insts.before, cycles.before), ratio(insts.after, cycles.after)}, 4);
    if (cycles.difference() == 0) text_ += "The cycles are the same.\n";
  }

  void row(std::string_view label, const Change& change, int digits) {
    const auto number = [&](double value) {
      return digits == 0 ? count(value) : fmt::format("{:.{}f}", value, digits);
    };
    text_ += fmt::format("{:<{}}{:>18}{:>18}{:>12}\n", label, kLabelWidth, number(change.before),
                         number(change.after), percent(change));
  }

  // From A's cycles to B's, a cause a line.
  void waterfall() {
    if (comparison_.stack.empty()) return;
    title("Where the difference comes from, in cycles");
    text_ += fmt::format("{:<{}}{:>18}\n", "A", kLabelWidth, count(comparison_.cycles.before));
    const double largest = std::abs(comparison_.stack.front().difference());
    Change rest{"smaller ones"};
    for (const Change& cause : comparison_.stack) {
      if (std::abs(cause.difference()) < kSmallest * comparison_.cycles.before) {
        rest.before += cause.before;
        rest.after += cause.after;
      } else {
        step(cause, largest);
      }
    }
    if (rest.difference() != 0) step(rest, largest);
    text_ += fmt::format("{:<{}}{:>18}{:>12}\n", "B", kLabelWidth, count(comparison_.cycles.after),
                         percent(comparison_.cycles));
  }

  void step(const Change& cause, double largest) {
    const double difference = cause.difference();
    std::string bar = bar_of(ratio(std::abs(difference), largest), 30);
    std::ranges::fill(bar, difference < 0 ? '-' : '+');
    text_ += fmt::format("  {:<{}}{:>18}{:>12}  {}\n", cause.name, kLabelWidth - 2, signed_count(difference),
                         share(difference, comparison_.cycles.before),
                         paint(bar, color_of(difference), options_.color));
  }

  static std::string share(double part, double whole) {
    return whole == 0 ? "" : fmt::format("{:+.2f} %", 100 * part / whole);
  }

  void functions() {
    if (!comparison_.annotated) {
      text_ += "\nFunctions: both files have to come from m2sim annotate --json.\n";
      return;
    }
    if (comparison_.functions.empty()) return;
    title("Functions, in cycles");
    text_ +=
        fmt::format("{:>16}{:>16}{:>16}{:>14}  {}\n", "A", "B", "difference", "of the whole", "function");
    const std::size_t shown = std::min<std::size_t>(options_.functions, comparison_.functions.size());
    for (std::size_t i = 0; i < shown; ++i) function_row(comparison_.functions[i]);
    if (shown < comparison_.functions.size())
      text_ +=
          fmt::format("{} more changed; --functions N shows more\n", comparison_.functions.size() - shown);
    for (std::size_t i = 0; i < shown; ++i) instructions(comparison_.functions[i]);
  }

  void function_row(const FunctionChange& function) {
    const Change& cycles = function.cycles;
    text_ += fmt::format("{:>16}{:>16}{:>16}{:>14}  {}\n", count(cycles.before), count(cycles.after),
                         signed_count(cycles.difference()), share(cycles.difference(), whole_),
                         printable(function.name));
  }

  // Those with the largest differences, in the order of the code.
  void instructions(const FunctionChange& function) {
    std::vector<const InstructionChange*> changed;
    for (const InstructionChange& instruction : function.instructions) {
      if (rounded(instruction.cycles.difference()) != 0) changed.push_back(&instruction);
    }
    // What is a thousandth of the whole explains nothing.
    std::erase_if(changed, [&](const InstructionChange* instruction) {
      return std::abs(instruction->cycles.difference()) < std::abs(whole_) / 1000;
    });
    if (changed.empty()) return;
    std::ranges::stable_sort(changed, std::greater<>(), [](const InstructionChange* instruction) {
      return std::abs(instruction->cycles.difference());
    });
    changed.resize(std::min<std::size_t>(changed.size(), options_.functions));
    std::ranges::sort(changed);  // they are elements of one list
    title(fmt::format("{}, instructions", printable(function.name)));
    text_ += fmt::format("{:>8}{:>8}{:>16}{:>16}{:>16}  {}\n", "A at", "B at", "A", "B", "difference",
                         "- only in A, + only in B");
    for (const InstructionChange* instruction : changed) instruction_row(*instruction);
  }

  void instruction_row(const InstructionChange& instruction) {
    const auto place = [](const std::optional<std::uint64_t>& offset) {
      return offset ? fmt::format("+{:x}", *offset) : std::string();
    };
    const char mark = !instruction.offset_before ? '+' : !instruction.offset_after ? '-' : ' ';
    const Change& cycles = instruction.cycles;
    text_ += fmt::format("{:>8}{:>8}{:>16}{:>16}{:>16}  {} {}\n", place(instruction.offset_before),
                         place(instruction.offset_after), count(cycles.before), count(cycles.after),
                         signed_count(cycles.difference()), mark, printable(instruction.text));
  }

  void settings() {
    if (comparison_.settings.empty()) return;
    title("Settings that differ");
    for (const SettingChange& setting : comparison_.settings) {
      const auto value = [](const std::string& text) { return text.empty() ? "(none)" : printable(text); };
      text_ += fmt::format("  {:<{}} {} -> {}\n", setting.name, kLabelWidth, value(setting.before),
                           value(setting.after));
    }
  }

  // Counts of events that explain causes.
  void other_figures() {
    constexpr std::array kShown{"core.uops",           "core.fused_pairs",     "branch.mispredicts",
                                "branch.mpki",         "l1i.misses",           "l1d.misses",
                                "l2.misses",           "slc.misses",           "dtlb.misses",
                                "lsq.forwarded_loads", "lsq.order_violations", "emulation.system_calls"};
    if (comparison_.figures.empty()) return;
    title(fmt::format("Statistics: {} differ; --json FILE writes them all", comparison_.figures.size()));
    for (const char* name : kShown) {
      const auto found = std::ranges::find(comparison_.figures, name, &Change::name);
      if (found != comparison_.figures.end()) row(found->name, *found, found->name.ends_with("mpki") ? 3 : 0);
    }
  }

  const RunComparison& comparison_;
  const CompareReportOptions& options_;
  double whole_;
  std::string text_;
};

ordered_json change_json(const Change& change) {
  return {{"before", change.before}, {"after", change.after}};
}

ordered_json changes_json(const std::vector<Change>& changes) {
  ordered_json json = ordered_json::object();
  for (const Change& change : changes) json[change.name] = change_json(change);
  return json;
}

ordered_json instruction_json(const InstructionChange& instruction) {
  ordered_json json;
  if (instruction.offset_before) json["offset_before"] = *instruction.offset_before;
  if (instruction.offset_after) json["offset_after"] = *instruction.offset_after;
  json["text"] = instruction.text;
  json["count"] = change_json(instruction.count);
  json["cycles"] = change_json(instruction.cycles);
  return json;
}

ordered_json function_json(const FunctionChange& function) {
  ordered_json json;
  json["name"] = function.name;
  json["object"] = function.object;
  json["cycles"] = change_json(function.cycles);
  json["insts"] = change_json(function.insts);
  json["cpi_stack"] = changes_json(function.stack);
  json["instructions"] = ordered_json::array();
  for (const InstructionChange& instruction : function.instructions)
    json["instructions"].push_back(instruction_json(instruction));
  return json;
}

}  // namespace

std::string compare_report(const RunFile& before, const RunFile& after, const RunComparison& comparison,
                           const CompareReportOptions& options) {
  return Report(comparison, options).text(before, after);
}

std::string compare_json(const RunFile& before, const RunFile& after, const RunComparison& comparison) {
  ordered_json json;
  json["schema_version"] = kSchema;
  json["before"] = before.path;
  json["after"] = after.path;
  json["cycles"] = change_json(comparison.cycles);
  json["insts"] = change_json(comparison.insts);
  json["cpi_stack"] = changes_json(comparison.stack);
  json["functions"] = ordered_json::array();
  for (const FunctionChange& function : comparison.functions)
    json["functions"].push_back(function_json(function));
  json["settings"] = ordered_json::object();
  for (const SettingChange& setting : comparison.settings)
    json["settings"][setting.name] = {{"before", setting.before}, {"after", setting.after}};
  json["stats"] = changes_json(comparison.figures);
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace m2sim::cmd
