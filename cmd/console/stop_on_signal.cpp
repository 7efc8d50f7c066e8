#include "cmd/console/stop_on_signal.h"

#include <sys/time.h>

#include <csignal>

namespace m2sim::cmd {
namespace {

constexpr int kGuestSignals[] = {SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH};

void request_stop(int signal) {
  if (stop_request.exchange(signal, std::memory_order_relaxed) <= 0) return;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

std::atomic<std::uint64_t> arrived{0};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

void tick(int signal) {
  if (signal != SIGALRM) arrived.fetch_or(std::uint64_t{1} << static_cast<unsigned>(signal));
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
    action.sa_flags = static_cast<int>(SA_NODEFER);
    ::sigaction(signal, &action, nullptr);
  }
}

Ticks::Ticks(bool clock) : clock_(clock) {
  struct sigaction action {};
  action.sa_handler = tick;
  action.sa_flags = SA_RESTART;
  std::vector<int> signals(std::begin(kGuestSignals), std::end(kGuestSignals));
  signals.push_back(SIGALRM);
  for (const int signal : signals) {
    struct sigaction before {};
    if (::sigaction(signal, nullptr, &before) != 0) continue;
    // Whoever starts a run with nohup wants it to go on.
    if (before.sa_handler == SIG_IGN && signal != SIGUSR1 && signal != SIGALRM) continue;
    ::sigaction(signal, &action, nullptr);
    kept_.push_back({signal, before});
  }
  constexpr long kMicroseconds = 200'000;
  if (clock_) set_clock(kMicroseconds);
}

Ticks::~Ticks() {
  if (clock_) set_clock(0);
  for (const Kept& kept : kept_) ::sigaction(kept.signal, &kept.action, nullptr);
}

std::vector<int> Ticks::take_signals() {
  std::vector<int> signals;
  const std::uint64_t came = arrived.exchange(0);
  for (int signal = 1; signal < 64; ++signal) {
    if ((came >> static_cast<unsigned>(signal) & 1U) != 0) signals.push_back(signal);
  }
  return signals;
}

void Ticks::clear() {
  int request = kTick;
  stop_request.compare_exchange_strong(request, 0, std::memory_order_relaxed);
}

}  // namespace m2sim::cmd
