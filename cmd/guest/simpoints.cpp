#include "cmd/guest/simpoints.h"

#include <fmt/format.h>

#include <filesystem>

#include "cmd/console/arguments.h"
#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"
#include "cmd/guest/simpoint_files.h"

namespace m2sim::cmd {
namespace {

constexpr std::uint64_t kMostInsts = std::uint64_t{1} << 62;

// SimPoint's files do not say how long an interval is: m2sim phases writes that into a file of its own beside
// them.
std::uint64_t interval_size_of(const SimPointOptions& options) {
  if (options.interval_size) return *options.interval_size;
  const std::string path = beside(options.file, ".interval");
  if (!std::filesystem::exists(path))
    throw failure(
        "run: --simpoints: how long is an interval of '{}'? there is no '{}' that says so: --interval-size N",
        options.file, path);
  std::string text = read_file(path);
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  const std::string said = text;
  if (!large_number(text).empty() || std::stoull(text) < kLeastInterval || std::stoull(text) > kMostInsts)
    throw failure("'{}': '{}' is no number of instructions from {} on", path, beginning_of(said),
                  kLeastInterval);
  return std::stoull(text);
}

}  // namespace

void add_interval_size_option(CLI::App& command, std::optional<std::uint64_t>& size,
                              const std::string& meaning) {
  command.add_option("--interval-size", size, meaning)
      ->type_name("N")
      ->transform(CLI::Validator(large_number, ""))
      ->check(CLI::Range(kLeastInterval, kMostInsts));
}

void add_simpoint_options(CLI::App& command, SimPointOptions& options) {
  command
      .add_option(
          "--simpoints", options.file,
          fmt::format(
              "time the intervals that FILE.simpoints of m2sim phases or SimPoint names and estimate the "
              "whole run from "
              "them; caches and predictors learn from the --warmup instructions before each (default: {}); "
              "intervals count from where --skip or --restore begins",
              timing::SimPointPlan().warming))
      ->type_name("FILE.simpoints");
  command
      .add_option("--weights", options.weights,
                  "for how much of the run each stands (default: FILE.weights beside it)")
      ->type_name("FILE");
  add_interval_size_option(
      command, options.interval_size,
      "instructions of an interval (default: what m2sim phases wrote beside it, FILE.interval)");
  command.add_flag("--simpoints-check", options.check,
                   "time the whole run beside it, in the same pass, and show how far off the estimate is");
}

std::optional<timing::SimPointPlan> simpoint_plan(const SimPointOptions& options,
                                                  std::optional<std::uint64_t> warming) {
  if (!options.any()) {
    if (!options.weights.empty() || options.interval_size || options.check)
      throw failure("run: --weights, --interval-size and --simpoints-check say how to use --simpoints FILE");
    return std::nullopt;
  }
  timing::SimPointPlan plan;
  if (!options.file.empty()) {
    plan.points = read_simpoints(
        options.file, options.weights.empty() ? beside(options.file, ".weights") : options.weights);
    plan.interval_size = interval_size_of(options);
  } else {
    plan = *options.recorded;
    if (!options.weights.empty() || options.interval_size)
      throw failure("run: --weights and --interval-size are for --simpoints FILE, not for points of --again");
  }
  if (plan.points.back().interval >= kMostInsts / plan.interval_size)
    throw failure("run: --simpoints: no run comes to interval {} of {} instructions each",
                  plan.points.back().interval, plan.interval_size);
  if (warming) plan.warming = *warming;
  plan.check = options.check;
  return plan;
}

std::optional<timing::SimPointPlan> simpoints_from(const std::optional<JsonField>& json) {
  if (!json) return std::nullopt;
  timing::SimPointPlan plan;
  plan.interval_size = json->at("interval_size").whole(kLeastInterval, kMostInsts);
  plan.warming = json->at("warming").whole(0, kMostInsts);
  plan.detail = json->at("detail").whole(0, kMostInsts);
  double sum = 0;
  for (const JsonField& point : json->at("points").elements()) {
    // In the order of the run, each once.
    const std::uint64_t least = plan.points.empty() ? 0 : plan.points.back().interval + 1;
    plan.points.push_back(
        {point.at(0).whole(least, kMostInsts), point.at(1).whole(), point.at(2).number(0, kMostWeight)});
    sum += plan.points.back().weight;
  }
  if (!(sum > 0 && sum <= kMostWeight))
    throw JsonProblem(fmt::format("its simulation points weigh {:.4g}; they are parts of one run", sum));
  return plan;
}

}  // namespace m2sim::cmd
