// Signals that end m2sim, held back while there is something to clean up.
#pragma once

#include <csignal>

namespace m2sim::cmd {

// Holds back SIGINT, SIGTERM and SIGHUP, those that are not ignored, in this thread and in the threads it
// starts. A child process has to let them through again (release_end_signals).
class EndSignals {
 public:
  EndSignals();
  ~EndSignals();
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;

  int pending();                         // takes one that has come; 0: none
  [[noreturn]] void die_of(int signal);  // as if it had never been held back

 private:
  sigset_t held_{};
  sigset_t before_{};
};

void release_end_signals();  // async-signal-safe

}  // namespace m2sim::cmd
