// What a user sees of a run while it goes on, and how long it may.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "cmd/console/progress.h"
#include "cmd/console/stop_on_signal.h"
#include "emu/machine.h"
#include "timing/run/watcher.h"

namespace m2sim::cmd {

struct WatchOptions {
  std::optional<double> timeout;  // seconds of host time
  bool progress = false;          // also where standard output is a terminal, which the guest may write to
};

void add_timeout_option(CLI::App& command, std::optional<double>& seconds, const std::string& meaning);
void add_watch_options(CLI::App& command, WatchOptions& options);

class RunWatch : public timing::Watcher {
 public:
  // `limit`: instructions after which the run ends, where that is known. Signals go to the guests of
  // `machine`, which stays where it is, as far as these do something about them.
  RunWatch(const WatchOptions& options, bool quiet, std::optional<std::uint64_t> limit,
           emu::Machine& machine);

  bool goes_on(const timing::RunState& state) override;
  bool timed_out() const { return timed_out_; }
  std::optional<double> timeout() const { return timeout_; }
  void erase() { progress_.erase(); }

 private:
  double seconds() const;
  bool take_signals(const timing::RunState& state);
  bool hand_on(int signal);
  void show(const timing::RunState& state);

  emu::Machine& machine_;
  bool handed_on_ = false;  // a request to stop
  std::optional<double> timeout_;
  std::optional<std::uint64_t> limit_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  bool timed_out_ = false;
  Progress progress_;
  Ticks ticks_;
};

}  // namespace m2sim::cmd
