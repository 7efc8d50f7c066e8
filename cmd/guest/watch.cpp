#include "cmd/guest/watch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "cmd/console/guest_host.h"
#include "cmd/console/terminal.h"
#include "cmd/results/report.h"

namespace m2sim::cmd {
namespace {

constexpr double kMostSeconds = 1e9;

std::string positive_seconds(const std::string& text) {
  char* end = nullptr;
  const double seconds = std::strtod(text.c_str(), &end);
  const bool good = end != text.c_str() && *end == 0 && seconds > 0 && seconds <= kMostSeconds;
  return good ? "" : fmt::format("'{}' is not a number of seconds", text);
}

// Unless the guest may write to the terminal, whose lines would be erased.
bool progress_wanted(const WatchOptions& options, bool quiet) {
  return !quiet && (options.progress || !is_terminal(STDOUT_FILENO));
}

std::string snapshot(const timing::RunState& state) {
  std::string text = fmt::format("m2sim: {} instructions", grouped(state.instructions));
  if (state.timed) {
    text += fmt::format(", {} of them counted, {} cycles", grouped(state.counted_instructions),
                        grouped(state.counted_cycles));
    if (state.counted_instructions != 0) {
      text += fmt::format(", CPI {:.4f}", static_cast<double>(state.counted_cycles) /
                                              static_cast<double>(state.counted_instructions));
    }
  }
  if (!state.region.empty()) text += fmt::format(", in region {}", printable(state.region));
  return text;
}

}  // namespace

void add_timeout_option(CLI::App& command, std::optional<double>& seconds, const std::string& meaning) {
  command.add_option("--timeout", seconds, meaning)->type_name("SECONDS")->check(positive_seconds, "");
}

void add_watch_options(CLI::App& command, WatchOptions& options) {
  add_timeout_option(
      command, options.timeout,
      "stop after so many seconds of the host's time; what ran until then is reported, and the "
      "exit status is 124");
  command.add_flag("--progress", options.progress,
                   "show on a terminal how far the run is, also where the program may write to it");
}

RunWatch::RunWatch(const WatchOptions& options, bool quiet, std::optional<std::uint64_t> limit,
                   emu::Machine& machine)
    : machine_(machine),
      timeout_(options.timeout),
      limit_(limit),
      progress_(progress_wanted(options, quiet)),
      ticks_(options.timeout.has_value() || progress_.active()) {}

double RunWatch::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

bool RunWatch::goes_on(const timing::RunState& state) {
  const int request = stop_request.load();
  if (request != kTick && !hand_on(request)) return false;
  if (timeout_ && seconds() >= *timeout_) {
    timed_out_ = true;
    return false;
  }
  Ticks::clear();
  if (!take_signals(state)) return false;
  show(state);
  return true;
}

// The guest's own end comes first: only the second request is one to m2sim.
bool RunWatch::hand_on(int signal) {
  if (handed_on_ || !machine_.send_from_outside(signal)) return false;
  handed_on_ = true;
  stop_request.store(0);
  return true;
}

// False: one of them ends the run.
bool RunWatch::take_signals(const timing::RunState& state) {
  for (const int signal : Ticks::take_signals()) {
    if (machine_.send_from_outside(signal)) continue;
    if (signal != SIGUSR1) {
      stop_request.store(signal);
      return false;
    }
    progress_.erase();
    line_to_stderr(snapshot(state));
  }
  return true;
}

void RunWatch::show(const timing::RunState& state) {
  if (!progress_.active()) return;
  const auto done = static_cast<double>(state.instructions);
  const std::string rate = fmt::format("{:.1f} MIPS", done / 1e6 / std::max(seconds(), 1e-3));
  if (limit_) {
    progress_.show(done, static_cast<double>(*limit_), rate, state.region);
  } else {
    progress_.show_line(
        fmt::format("{} instructions  {}  {}", grouped(state.instructions), rate, state.region));
  }
}

}  // namespace m2sim::cmd
