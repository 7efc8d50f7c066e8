// Ctrl-C ends a run, not m2sim: what ran until then is reported.
#pragma once

#include <atomic>
#include <csignal>

namespace m2sim::cmd {

// 0, or the signal that asks for the end.
inline std::atomic<int> stop_request{0};

// From here on the first SIGINT or SIGTERM, unless it is ignored, asks the run to stop
// (MachineOptions::stop_request); the second ends m2sim at once.
void stop_on_signals();

// What interrupts a run without ending it (stop_request is then kTick): SIGUSR1, which asks for a snapshot,
// and a tick of the host's clock, some a second. Both end with their owner.
inline constexpr int kTick = -1;

class Ticks {
 public:
  explicit Ticks(bool clock);  // without one SIGUSR1 alone
  ~Ticks();
  Ticks(const Ticks&) = delete;
  Ticks& operator=(const Ticks&) = delete;

  // True once for each SIGUSR1, or more of them at once.
  static bool snapshot_wanted();
  // Takes back a tick, and no other request.
  static void clear();

 private:
  struct sigaction alarm_ {};
  struct sigaction user_ {};
  bool clock_;
};

}  // namespace m2sim::cmd
