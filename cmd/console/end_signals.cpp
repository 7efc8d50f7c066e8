#include "cmd/console/end_signals.h"

#include <cstdlib>
#include <ctime>

namespace m2sim::cmd {
namespace {

constexpr int kEndSignals[] = {SIGINT, SIGTERM, SIGHUP};

}  // namespace

EndSignals::EndSignals() {
  sigemptyset(&held_);
  for (const int signal : kEndSignals) {
    // Linux queues even an ignored signal while it is blocked, and nohup means what it says.
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler != SIG_IGN) sigaddset(&held_, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &held_, &before_);
}

EndSignals::~EndSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

int EndSignals::pending() {
  const timespec at_once{};
  const int signal = ::sigtimedwait(&held_, nullptr, &at_once);
  return signal > 0 ? signal : 0;
}

void EndSignals::die_of(int signal) {
  ::raise(signal);
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  std::_Exit(128 + signal);
}

void release_end_signals() {
  sigset_t all;
  sigemptyset(&all);
  for (const int signal : kEndSignals) sigaddset(&all, signal);
  ::sigprocmask(SIG_UNBLOCK, &all, nullptr);
}

}  // namespace m2sim::cmd
