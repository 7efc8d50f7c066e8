#include "cmd/guest/checkpoints.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "cmd/console/arguments.h"
#include "cmd/console/failure.h"
#include "cmd/console/guest_host.h"
#include "cmd/console/output_file.h"
#include "cmd/guest/options.h"
#include "cmd/results/config_file.h"
#include "cmd/results/sha256.h"

namespace m2sim::cmd {
namespace {

CheckpointPoint point_of(const std::string& entry) {
  const std::size_t sign = entry.find('=');
  std::string number = entry.substr(0, sign);
  if (sign == std::string::npos || sign + 1 == entry.size())
    throw failure("run: --checkpoint-at: '{}': write INSTS=FILE, as in 10M=at10m.ckpt", entry);
  if (const std::string wrong = large_number(number); !wrong.empty())
    throw failure("run: --checkpoint-at: '{}': {}", entry, wrong);
  return {std::stoull(number), entry.substr(sign + 1)};
}

// What the checkpoint says cannot be said otherwise.
void refuse_surroundings(const GuestOptions& options) {
  const std::pair<const char*, bool> given[] = {
      {"a program", !options.argv.empty()},  {"--sysroot", !options.sysroot.empty()},
      {"--env", !options.env.empty()},       {"--cwd", !options.cwd.empty()},
      {"--rlimit", !options.limits.empty()}, {"--start-time", !options.start_time.empty()}};
  for (const auto& [name, there] : given) {
    if (there)
      throw failure(
          "{}: --restore goes on with what the checkpoint has, and {} would be another; leave it out",
          options.command, name);
  }
}

emu::CheckpointOrigin origin_of(const GuestOptions& options, const emu::MachineOptions& machine) {
  emu::CheckpointOrigin origin;
  origin.program = machine.program;
  origin.argv = machine.argv;
  origin.environment = machine.envp;
  origin.limits = options.limits;
  origin.directory =
      options.cwd.empty() ? std::filesystem::current_path() : std::filesystem::absolute(options.cwd);
  origin.sysroot = machine.sysroot.empty() ? "" : std::filesystem::absolute(machine.sysroot).string();
  origin.start_time = machine.start_time;
  origin.cpu = machine.cpu;
  return origin;
}

}  // namespace

void add_checkpoint_options(CLI::App& command, CheckpointOptions& options) {
  command
      .add_option("--checkpoint-at", options.at,
                  "write the whole guest to FILE when it has executed so many instructions since its "
                  "beginning, and go on; 10M=FILE is one, too; repeatable")
      ->type_name("INSTS=FILE")
      ->allow_extra_args(false);
  command.add_flag(
      "--checkpoint-warm", options.warm,
      "with what caches, TLBs, predictors and prefetchers of the model have learned; the pipe drains at "
      "each checkpoint");
  command
      .add_option("--restore", options.restore,
                  "go on from this checkpoint, in any mode and on any core; its program, arguments and "
                  "surroundings are those that it was made with")
      ->type_name("FILE")
      ->check([](const std::string& path) { return path.empty() ? "the file name is empty" : ""; }, "");
  command.add_flag(
      "--restore-cold", options.cold,
      "without what the model had learned, as for another core: begin with empty caches and predictors");
}

std::vector<CheckpointPoint> checkpoint_points(const CheckpointOptions& options) {
  std::vector<CheckpointPoint> points;
  for (const std::string& entry : options.at) points.push_back(point_of(entry));
  std::stable_sort(points.begin(), points.end(),
                   [](const auto& a, const auto& b) { return a.insts < b.insts; });
  return points;
}

void require_checkpoint_files(const CheckpointOptions& options, std::vector<std::string> others) {
  if (!options.restore.empty()) others.push_back(options.restore);
  for (const CheckpointPoint& point : checkpoint_points(options)) {
    require_outputs({point.file}, others);
    others.push_back(point.file);
  }
}

std::unique_ptr<emu::Checkpoint> take_checkpoint(GuestOptions& options) {
  const std::string& path = options.checkpoints.restore;
  if (path.empty()) return nullptr;
  if (!options.again.path.empty() && options.again.restored.empty())
    throw failure(
        "{}: --again: '{}' is of a run that began with its program, and --restore goes on from a checkpoint; "
        "leave one of them out",
        options.command, options.again.path);
  refuse_surroundings(options);
  std::unique_ptr<emu::Checkpoint> checkpoint;
  if (is_special(path)) throw failure("--restore: '{}' is no regular file, so it is no checkpoint", path);
  std::string bytes = read_file(path);
  try {
    checkpoint = std::make_unique<emu::Checkpoint>(std::move(bytes));
  } catch (const emu::UserError& error) {
    throw failure("--restore: '{}': {}", path, error.what());
  }
  const emu::CheckpointOrigin& origin = checkpoint->origin();
  const std::string cpu(emu::processor(origin.cpu).name);
  if (options.core.cpu && *options.core.cpu != cpu)
    throw failure(
        "--restore: '{}' has a program that began on the processor {}, which it has asked for what it can; "
        "leave out --cpu {}",
        path, cpu, *options.core.cpu);
  if (!origin.sysroot.empty() && !std::filesystem::is_directory(origin.sysroot))
    throw failure("--restore: '{}' was made with the sysroot '{}', which is not there any more; put it back",
                  path, origin.sysroot);
  options.core.cpu = cpu;
  options.argv = origin.argv;
  options.env = origin.environment;
  options.sysroot = origin.sysroot;
  options.cwd = origin.directory;
  options.limits = origin.limits;
  options.start_time = std::to_string(origin.start_time);
  for (const CheckpointPoint& point : checkpoint_points(options.checkpoints)) {
    if (point.insts < origin.instructions)
      throw failure("--checkpoint-at: '{}' is at {} instructions already", path, origin.instructions);
  }
  return checkpoint;
}

emu::Machine machine_for(const GuestOptions& options, const GuestHost& host, emu::Checkpoint* checkpoint) {
  const emu::MachineOptions machine = machine_options(options, host);
  if (checkpoint == nullptr) return emu::Machine(machine);
  try {
    return emu::Machine(machine, *checkpoint);
  } catch (const emu::UserError& error) {
    throw failure("--restore: '{}': {}", options.checkpoints.restore, error.what());
  }
}

std::string learned_from(const GuestOptions& options, const emu::Checkpoint* checkpoint, Mode mode,
                         const timing::CoreConfig& config) {
  if (checkpoint == nullptr || mode == Mode::kEmulation || options.checkpoints.cold) return "";
  const emu::CheckpointOrigin& origin = checkpoint->origin();
  if (origin.learned.empty()) return "";
  if (origin.config_sha256 != sha256(config_toml(config))) {
    throw failure(
        "--restore: '{}' has what a core of another configuration has learned ({}); give --restore-cold to "
        "begin without",
        options.checkpoints.restore, origin.core);
  }
  if (options.sampling.sample || options.simpoints.any())
    throw failure("run: {} has a warming of its own: give --restore-cold to begin without that of '{}'",
                  options.sampling.sample ? "--sample" : "--simpoints", options.checkpoints.restore);
  return origin.learned;
}

CheckpointKeeper::CheckpointKeeper(const GuestOptions& options, const GuestHost& host, emu::Machine& machine,
                                   const timing::CoreConfig& config)
    : points_(checkpoint_points(options.checkpoints)),
      warm_(options.checkpoints.warm),
      host_(host),
      machine_(machine) {
  if (!any()) return;
  origin_ = origin_of(options, machine_options(options, host));
  if (!warm_) return;
  origin_.core = options.core.core;
  origin_.config_sha256 = sha256(config_toml(config));
}

std::uint64_t CheckpointKeeper::next() const {
  return next_ < points_.size() ? points_[next_].insts : UINT64_MAX;
}

void CheckpointKeeper::keep(const emu::Emulator& emulator, const std::string& learned) {
  const CheckpointPoint& point = points_[next_++];
  try {
    origin_.learned = learned;
    const std::string bytes = machine_.checkpoint(emulator, origin_);
    host_.as_user([&] { write_file(point.file, bytes); });
  } catch (const emu::UserError& error) {
    failures_.push_back(fmt::format("--checkpoint-at {}: {}", point.insts, error.what()));
  }
}

std::vector<std::string> CheckpointKeeper::unreached(std::uint64_t insts) const {
  std::vector<std::string> lines;
  for (std::size_t i = next_; i < points_.size(); ++i) {
    lines.push_back(
        fmt::format("--checkpoint-at: the run ended after {} instructions, and '{}' was not written: it was "
                    "to come at {}",
                    insts, points_[i].file, points_[i].insts));
  }
  return lines;
}

}  // namespace m2sim::cmd
