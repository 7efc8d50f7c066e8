#include "cmd/report/page.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "cmd/annotate/files.h"
#include "cmd/annotate/listing.h"
#include "cmd/annotate/stacks.h"
#include "cmd/annotate/words.h"
#include "cmd/page/page.h"
#include "cmd/report_page_html.h"
#include "cmd/results/accuracy.h"
#include "cmd/results/stats_file.h"

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostFunctions = 300;      // that are named; the others are one row
constexpr std::size_t kMostInstructions = 6000;  // that are shown, of the hottest functions; all of the first
constexpr std::uint64_t kLeastStack = 20'000;    // of the flame graph: this part of all cycles

// What is drawn over time.
constexpr std::string_view kOverTime[] = {"core.insts", "core.cycles", "branch.mispredicts", "l1i.misses",
                                          "l1d.misses", "l2.misses",   "dtlb.misses",        "dram.reads"};

class NameList {
 public:
  std::size_t number(const std::string& name) {
    const auto [place, is_new] = numbers_.try_emplace(name, names_.size());
    if (is_new) names_.push_back(name);
    return place->second;
  }
  const std::vector<std::string>& all() const { return names_; }

 private:
  std::map<std::string, std::size_t> numbers_;
  std::vector<std::string> names_;
};

class PageData {
 public:
  explicit PageData(const RunRecord& run)
      : run_(run),
        json_(ordered_json::parse(stats_text(FileFormat::kJson, run.manifest, run.stats, run.regions))) {}

  std::string text() {
    json_["accuracy"] = accuracy_note(run_.manifest);
    json_["slots_per_cycle"] = run_.annotation.slots_per_cycle;
    for (const Stat& stat : run_.stats) {
      json_["figures"][std::string(stat.name)] = {stat.unit, stat.description};
    }
    json_["plain"] = ordered_json::object();
    add_functions();
    json_["files"] = files_.all();
    json_["inlined"] = inlined_.all();
    add_stacks();
    add_intervals();
    return json_.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  }

 private:
  void add_functions() {
    const auto& functions = run_.annotation.functions;
    json_["functions"] = ordered_json::array();
    Cost others;
    std::size_t left = kMostInstructions;
    for (std::size_t i = 0; i < functions.size(); ++i) {
      if (i >= kMostFunctions) {
        others.add(functions[i].cost);
        continue;
      }
      ordered_json function = function_json(run_.annotation, functions[i]);
      const std::size_t size = functions[i].instructions.size();
      const bool shown = i == 0 || size <= left;
      shown ? add_code(functions[i], function) : leave_out_code(function);
      left -= shown ? std::min(size, left) : 0;
      json_["functions"].push_back(std::move(function));
      add_plain_name(functions[i].name);
    }
    if (functions.size() <= kMostFunctions) return;
    FunctionCost rest;
    rest.cost = others;
    json_["others"] = function_json(run_.annotation, rest);
    json_["others"]["functions"] = functions.size() - kMostFunctions;
  }

  // Without parameters, where that is another name.
  void add_plain_name(const std::string& name) {
    if (const std::string plain = plain_name(name); plain != name) json_["plain"][name] = plain;
  }

  static void leave_out_code(ordered_json& function) {
    function["instructions"] = ordered_json::array();
    function["loops"] = ordered_json::array();
    function["left_out"] = true;
  }

  // Files and inlined functions are the same ones again and again: by number, and of the latter the
  // innermost.
  void add_code(const FunctionCost& function, ordered_json& json) {
    for (std::size_t i = 0; i < function.instructions.size(); ++i) {
      const InstCost& inst = function.instructions[i];
      ordered_json& shown = json["instructions"][i];
      const std::size_t file = files_.number(inst.line.file);
      shown["file"] = file;
      if (!inst.inlined.empty()) {
        shown["inlined"] = inlined_.number(inst.inlined.back());
        add_plain_name(inst.inlined.back());
      }
      const std::string text = sources_.text(inst.line);
      if (!text.empty()) json_["sources"][std::to_string(file)][std::to_string(inst.line.line)] = text;
    }
  }

  // Frames by number; what costs next to nothing is one stack.
  void add_stacks() {
    NameList names;
    json_["stacks"] = ordered_json::array();
    const auto add = [&](const Stack& stack) {
      ordered_json frames = ordered_json::array();
      for (const std::string& frame : stack.frames) frames.push_back(names.number(frame));
      json_["stacks"].push_back({std::move(frames), run_.annotation.cycles(stack.slots)});
    };
    Stack small{{"[less than a pixel each]"}, 0};
    for (const Stack& stack : stacks_of(run_.annotation)) {
      if (stack.slots >= run_.annotation.total.slots() / kLeastStack) {
        add(stack);
      } else {
        small.slots += stack.slots;
      }
    }
    if (small.slots != 0) add(small);
    json_["frames"] = names.all();
  }

  void add_intervals() {
    ordered_json& json = json_["intervals"];
    json["length"] = run_.series.length();
    const std::vector<timing::TimingStats> intervals = run_.series.intervals();
    for (const timing::StatInfo& info : timing::stat_table()) {
      const bool cause = info.name.starts_with("core.cpi_stack.") && stat_value(run_.stats, info.name) != 0;
      if (!cause && std::ranges::find(kOverTime, info.name) == std::end(kOverTime)) continue;
      ordered_json column = ordered_json::array();
      for (const timing::TimingStats& interval : intervals) {
        std::visit([&](auto number) { column.push_back(number); }, info.value(interval));
      }
      json["figures"][std::string(info.name)] = std::move(column);
    }
  }

  const RunRecord& run_;
  ordered_json json_;
  Sources sources_;
  NameList files_;
  NameList inlined_;
};

}  // namespace

std::string run_page(const RunRecord& run) { return filled_page(kReportPage, PageData(run).text()); }

}  // namespace m2sim::cmd
