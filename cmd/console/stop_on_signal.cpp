#include "cmd/console/stop_on_signal.h"

#include <sys/time.h>

#include <csignal>

namespace m2sim::cmd {
namespace {

void request_stop(int signal) { stop_request.store(signal, std::memory_order_relaxed); }

std::atomic<bool> snapshot_request{false};

void tick(int signal) {
  if (signal == SIGUSR1) snapshot_request.store(true, std::memory_order_relaxed);
  int nothing = 0;
  stop_request.compare_exchange_strong(nothing, kTick, std::memory_order_relaxed);
}

void set_clock(long microseconds) {
  const itimerval time{{0, microseconds}, {0, microseconds}};
  ::setitimer(ITIMER_REAL, &time, nullptr);
}

}  // namespace

void stop_on_signals() {
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
    action = {};
    action.sa_handler = request_stop;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(signal, &action, nullptr);
  }
}

Ticks::Ticks(bool clock) : clock_(clock) {
  struct sigaction action {};
  action.sa_handler = tick;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGUSR1, &action, &user_);
  ::sigaction(SIGALRM, &action, &alarm_);
  constexpr long kMicroseconds = 200'000;
  if (clock_) set_clock(kMicroseconds);
}

Ticks::~Ticks() {
  if (clock_) set_clock(0);
  ::sigaction(SIGUSR1, &user_, nullptr);
  ::sigaction(SIGALRM, &alarm_, nullptr);
}

bool Ticks::snapshot_wanted() { return snapshot_request.exchange(false, std::memory_order_relaxed); }

void Ticks::clear() {
  int request = kTick;
  stop_request.compare_exchange_strong(request, 0, std::memory_order_relaxed);
}

}  // namespace m2sim::cmd
