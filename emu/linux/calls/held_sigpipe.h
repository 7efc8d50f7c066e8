// A write to a pipe that nobody reads is the guest's SIGPIPE (written()), never the process's that simulates
// it.
#pragma once

#include <signal.h>
#include <time.h>

#include <cerrno>

#include "emu/linux/fd_table.h"

namespace m2sim::emu {

// While it lives this thread gets no SIGPIPE for what it writes to `file`. How the process handles the signal
// stays as it is: that is not ours, and other threads may write, too.
class HeldSigpipe {
 public:
  explicit HeldSigpipe(const OpenFile& file) : holds_(file.kind != OpenFile::Kind::kPlain) {
    if (!holds_) return;
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
    if (sigismember(&before_, SIGPIPE) == 0) return;
    sigset_t waiting;
    ::sigpending(&waiting);
    another_waits_ = sigismember(&waiting, SIGPIPE) == 1;
  }
  // Also a write that moved something may have raised it.
  ~HeldSigpipe() {
    if (!holds_) return;
    const int error = errno;
    constexpr timespec kNow{};
    if (!another_waits_) ::sigtimedwait(&sigpipe_, nullptr, &kNow);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = error;
  }
  HeldSigpipe(const HeldSigpipe&) = delete;
  HeldSigpipe& operator=(const HeldSigpipe&) = delete;

 private:
  bool holds_;
  bool another_waits_ = false;
  sigset_t sigpipe_{};
  sigset_t before_{};
};

}  // namespace m2sim::emu
