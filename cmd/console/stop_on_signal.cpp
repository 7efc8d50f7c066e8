#include "cmd/console/stop_on_signal.h"

#include <csignal>

namespace m2sim::cmd {
namespace {

void request_stop(int signal) { stop_request.store(signal, std::memory_order_relaxed); }

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

}  // namespace m2sim::cmd
