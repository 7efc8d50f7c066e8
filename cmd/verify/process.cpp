#include "cmd/verify/process.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include "cmd/console/end_signals.h"
#include "cmd/console/failure.h"

namespace m2sim::cmd {
namespace {

using Clock = std::chrono::steady_clock;

// SIGCHLD is taken by who waits, and by nobody else.
class HeldChildSignal {
 public:
  HeldChildSignal() {
    ::sigemptyset(&child_);
    ::sigaddset(&child_, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child_, &before_);
  }
  ~HeldChildSignal() { release(); }
  HeldChildSignal(const HeldChildSignal&) = delete;
  HeldChildSignal& operator=(const HeldChildSignal&) = delete;

  void release() const { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
  // Until it comes, or a tenth of a second.
  void wait() const {
    constexpr timespec kLook = {0, 100'000'000};
    ::sigtimedwait(&child_, nullptr, &kLook);
  }

 private:
  sigset_t child_{};
  sigset_t before_{};
};

int reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

std::optional<int> run_forked(const std::function<int()>& body, std::optional<double> timeout) {
  EndSignals end_signals;
  const HeldChildSignal held;
  const pid_t pid = ::fork();
  if (pid < 0) throw failure("verify: cannot start a process: {}", std::strerror(errno));
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setpgid(0, 0);
    held.release();
    release_end_signals();
    ::_exit(body());
  }
  ::setpgid(pid, pid);  // whoever of the two comes first
  const Clock::time_point begin = Clock::now();
  for (;;) {
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) == pid) return status;
    const int signal = end_signals.pending();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    if (signal != 0 || (timeout && seconds >= *timeout)) {
      ::kill(-pid, SIGKILL);
      reap(pid);
      if (signal != 0) throw failure("verify: stopped by signal {}", signal);
      return std::nullopt;
    }
    held.wait();
  }
}

}  // namespace m2sim::cmd
