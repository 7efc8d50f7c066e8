// Ctrl-C ends a run, not m2sim: what ran until then is reported.
#pragma once

#include <atomic>
#include <csignal>
#include <cstdint>
#include <vector>

namespace m2sim::cmd {

// 0, or the signal that asks for the end.
inline std::atomic<int> stop_request{0};

// From here on SIGINT and SIGTERM, unless they are ignored, ask the run to stop
// (MachineOptions::stop_request); another one while the request stands ends m2sim at once.
void stop_on_signals();

// What interrupts a run without ending it (stop_request is then kTick): signals that a guest may handle,
// SIGUSR1, which else asks for a snapshot, and a tick of the host's clock, some a second. All end with their
// owner.
inline constexpr int kTick = -1;

class Ticks {
 public:
  explicit Ticks(bool clock);  // without one the signals alone
  ~Ticks();
  Ticks(const Ticks&) = delete;
  Ticks& operator=(const Ticks&) = delete;

  // The signals that have come since, each once, in the order of their numbers.
  static std::vector<int> take_signals();
  // Takes back a tick, and no other request.
  static void clear();

 private:
  struct Kept {
    int signal;
    struct sigaction action;
  };
  std::vector<Kept> kept_;
  bool clock_;
};

}  // namespace m2sim::cmd
