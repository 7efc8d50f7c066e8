#include "cmd/phases/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <unordered_set>

#include "cmd/console/arguments.h"
#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/console/stream_file.h"
#include "cmd/console/terminal.h"
#include "cmd/guest/run.h"
#include "cmd/guest/simpoint_files.h"
#include "cmd/phases/bb_file.h"
#include "cmd/phases/report.h"
#include "timing/run/block_vectors.h"

namespace m2sim::cmd {
namespace {

constexpr std::uint64_t kIntervalSize = 10'000'000;
constexpr std::size_t kMostPhases = 300;
constexpr unsigned kMostPoints = 1'000;

// Of a run only the places of its intervals are kept, and the vectors go to a file at once.
class Vectors : public timing::VectorReader {
 public:
  // `path`: of the file; empty: none.
  Vectors(std::uint64_t seed, const std::string& path) : seed_(seed) {
    if (!path.empty()) file_ = std::make_unique<StreamFile>(path);
  }

  void read(std::span<const timing::BlockCount> vector, std::uint64_t insts) override {
    const std::size_t known = blocks_.size();
    std::uint64_t counted = 0;  // what a file has, too
    for (const timing::BlockCount& count : vector) {
      blocks_.insert(count.block);
      counted += count.insts;
    }
    places_.push_back({timing::projected(vector, seed_), counted, blocks_.size() - known});
    insts_ += insts;
    if (file_) file_->write(bb_line(vector));
  }
  void finish() {
    if (file_) file_->finish();
  }

  const std::vector<timing::IntervalPlace>& places() const { return places_; }
  std::uint64_t insts() const { return insts_; }
  std::uint64_t blocks() const { return blocks_.size(); }

 private:
  std::uint64_t seed_;
  std::unique_ptr<StreamFile> file_;
  std::vector<timing::IntervalPlace> places_;
  std::uint64_t insts_ = 0;
  std::unordered_set<std::uint64_t> blocks_;
};

std::string file_of(const PhasesOptions& options, const std::string& ending) {
  return options.output.empty() ? "" : options.output + ending;
}

void check(const PhasesOptions& options) {
  if (options.bb.empty()) require_program(options.guest);
  if (!options.bb.empty() && !options.guest.argv.empty())
    throw failure("phases: --bb takes the vectors of '{}'; no program is run", options.bb);
  // What vectors are read from is not written again.
  const bool writes_bb = options.bb.empty();
  require_outputs(
      {writes_bb ? file_of(options, ".bb") : "", file_of(options, ".simpoints"), file_of(options, ".weights"),
       file_of(options, ".interval"), options.json == "-" ? "" : options.json},
      {options.bb, options.guest.argv.empty() ? "" : options.guest.argv.front()});
}

// One of earlier points would be taken for that of these.
void write_interval(const std::string& path, std::optional<std::uint64_t> size) {
  std::error_code error;
  if (size) return write_file(path, fmt::format("{}\n", *size));
  std::filesystem::remove(path, error);
  if (error) throw failure("cannot remove '{}', which is of other points: {}", path, error.message());
}

void finish(const PhasesOptions& options, const Vectors& vectors, PhasesResult result) {
  result.insts = vectors.insts();
  result.blocks = vectors.blocks();
  result.plan = options.plan;
  result.found = timing::phases_of(vectors.places(), options.plan);
  const std::vector<timing::SimPoint> points = points_of(result.found);
  write_each({[&] {
                if (!options.output.empty())
                  write_file(file_of(options, ".simpoints"), simpoints_text(points));
              },
              [&] {
                if (!options.output.empty()) write_file(file_of(options, ".weights"), weights_text(points));
              },
              [&] {
                if (!options.output.empty())
                  write_interval(file_of(options, ".interval"), result.interval_size);
              },
              [&] {
                if (options.json.empty()) return;
                options.json == "-" ? write_stdout(phases_json(result))
                                    : write_file(options.json, phases_json(result));
              }});
  if (!options.quiet) write_stderr(phases_text(result, colors_wanted(STDERR_FILENO)));
}

// Of a vector that others made it is known only roughly: theirs ends with the block that its last instruction
// is in. The last one of a run may be shorter.
void require_interval_size(const PhasesOptions& options, const std::vector<timing::IntervalPlace>& places) {
  if (!options.interval_size) return;
  constexpr double kBlock = 250;
  constexpr double kPart = 0.01;
  const auto size = static_cast<double>(*options.interval_size);
  const double most = kBlock + kPart * size;
  std::vector<std::uint64_t> sums;
  for (const timing::IntervalPlace& place : places) sums.push_back(place.insts);
  if (sums.size() > 1) sums.pop_back();
  std::ranges::nth_element(sums, sums.begin() + static_cast<std::ptrdiff_t>(sums.size() / 2));
  const auto typical = static_cast<double>(sums[sums.size() / 2]);
  const bool cut_short = places.size() == 1 && typical < size;
  if (!cut_short && std::abs(typical - size) > most)
    throw failure("phases: --interval-size {}: the intervals of '{}' have about {} instructions each",
                  *options.interval_size, options.bb, sums[sums.size() / 2]);
}

int phases_of_file(const PhasesOptions& options) {
  Vectors vectors(options.plan.seed, "");
  read_bb_file(options.bb, [&vectors](const std::vector<timing::BlockCount>& vector) {
    std::uint64_t insts = 0;
    for (const timing::BlockCount& count : vector) insts += count.insts;
    vectors.read(vector, insts);
  });
  require_interval_size(options, vectors.places());
  finish(options, vectors, {.source = options.bb, .interval_size = options.interval_size});
  return 0;
}

int phases_of_program(const PhasesOptions& options) {
  const std::uint64_t size = options.interval_size.value_or(kIntervalSize);
  GuestRun guest(options.guest, Mode::kEmulation, {}, {.program = false, .core = false});
  Vectors vectors(options.plan.seed, file_of(options, ".bb"));
  const timing::VectorPlan plan{size, &vectors};
  guest.simulation().vectors = &plan;
  RunWatch watch(options.watch, options.quiet, guest.end(), guest.machine());
  const timing::Outcome outcome = guest.run(&watch);
  if (vectors.blocks() == 0 && guest.was_stopped()) return guest.exit_status();
  if (vectors.insts() == 0 && options.guest.skip) return kExitInternal;  // that has been said
  if (vectors.blocks() == 0)
    throw failure("phases: '{}' executed no whole basic block that counts", options.guest.argv.front());
  vectors.finish();
  finish(options, vectors,
         {.source = options.guest.argv.front(), .interval_size = size, .can_be_cut_shorter = true});
  guest.say_unreached(outcome);
  return guest.exit_status();
}

// Returns --bb.
CLI::Option* add_plan_options(CLI::App& command, PhasesOptions& options) {
  timing::PhasePlan& plan = options.plan;
  add_interval_size_option(
      command, options.interval_size,
      fmt::format("instructions of an interval, {} at least (default: {})", kLeastInterval, kIntervalSize));
  command
      .add_option(
          "--max-phases", plan.most,
          fmt::format("the most phases that are tried; as many as the Bayesian information criterion finds "
                      "good are taken (default: {}; {} at most)",
                      plan.most, kMostPhases))
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, kMostPhases));
  command
      .add_option(
          "--points", plan.points,
          fmt::format(
              "intervals of a phase to be timed, drawn at random: so many on average, more of a phase "
              "that weighs or differs more, and never one alone; 1: the one that is nearest to the phase's "
              "centre, as SimPoint has it, which leaves the error unknown (default: {}; {} at most)",
              plan.points, kMostPoints))
      ->type_name("N")
      ->check(CLI::Range(1U, kMostPoints));
  command
      .add_option("--seed", plan.seed,
                  fmt::format("of all that is drawn; the same one, the same phases (default: {})", plan.seed))
      ->type_name("N")
      ->transform(CLI::Validator(large_number, ""));
  return command
      .add_option("--bb", options.bb,
                  "take the basic-block vectors of FILE.bb, from SimPoint, Valgrind's exp-bbv or gem5, and "
                  "run nothing")
      ->type_name("FILE.bb");
}

// Else they would be hidden, each an ending and nothing else.
std::string names_files(const std::string& prefix) {
  const std::string name = std::filesystem::path(prefix).filename().string();
  const bool good = !name.empty() && name != "." && name != "..";
  return good ? "" : fmt::format("'{}' is no beginning of file names; one in a folder is 'folder/p'", prefix);
}

void add_output_options(CLI::App& command, PhasesOptions& options) {
  command
      .add_option(
          "-o,--output", options.output,
          "write PREFIX.bb, PREFIX.simpoints and PREFIX.weights, as SimPoint has them, and PREFIX.interval")
      ->type_name("PREFIX")
      ->check(names_files, "");
  command.add_option("--json", options.json, "write everything; - is standard output")->type_name("FILE");
  command.add_flag("-q,--quiet", options.quiet, "no report on standard error");
}

}  // namespace

CLI::App* add_phases_command(CLI::App& app, PhasesOptions& options) {
  CLI::App* command = app.add_subcommand("phases", "Find the parts of a run that stand for the whole");
  CLI::Option* bb = nullptr;
  add_group(*command, "Phases", [&] { bb = add_plan_options(*command, options); });
  const std::size_t before = command->get_options().size();
  add_emulated_guest_options(*command, options.guest);
  add_group(*command, "While it runs", [&] { add_watch_options(*command, options.watch); });
  // They would say how a program is run.
  const std::vector<CLI::Option*> all = command->get_options();
  for (std::size_t i = before; i < all.size(); ++i) bb->excludes(all[i]);
  add_group(*command, "Results", [&] { add_output_options(*command, options); });
  return command;
}

int phases(const PhasesOptions& options) {
  check(options);
  return options.bb.empty() ? phases_of_program(options) : phases_of_file(options);
}

}  // namespace m2sim::cmd
