#include "cmd/console/guest_host.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "cmd/console/stop_on_signal.h"

namespace m2sim::cmd {
namespace {

// As a shell would stop the whole job; whoever continues the simulator continues the guests.
void stop_with_guests() { ::raise(SIGSTOP); }

// The open files of all guests are this process's, and each guest has a limit of its own.
void raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

GuestHost::GuestHost() : umask_(::umask(0)) {
  ::umask(umask_);
  raise_file_limit();
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &sigpipe_);
}

GuestHost::~GuestHost() {
  guest_has_ended();
  ::sigaction(SIGPIPE, &sigpipe_, nullptr);
}

void GuestHost::describe_to(emu::MachineOptions& machine) const {
  machine.umask = umask_;
  for (int signal = 1; signal < SIGRTMIN; ++signal) {
    struct sigaction action = sigpipe_;
    if (signal != SIGPIPE) ::sigaction(signal, nullptr, &action);
    if (action.sa_handler == SIG_IGN)
      machine.ignored_signals |= std::uint64_t{1} << static_cast<unsigned>(signal - 1);
  }
  machine.diagnostics = line_to_stderr;
  machine.wait_stopped = stop_with_guests;
  machine.stop_request = &stop_request;
  machine.signals_from_outside = true;
}

void GuestHost::guest_begins() const { ::umask(0); }

void GuestHost::guest_has_ended() const { ::umask(umask_); }

void GuestHost::as_user(const std::function<void()>& write) const {
  struct Back {
    unsigned umask;
    ~Back() { ::umask(umask); }
  };
  const Back back{::umask(umask_)};
  write();
}

void line_to_stderr(std::string_view line) {
  std::string text(line);
  text += '\n';
  const char* at = text.data();
  std::size_t left = text.size();
  while (left > 0) {
    const ssize_t done = ::write(STDERR_FILENO, at, left);
    if (done < 0 && errno == EAGAIN) {
      pollfd room{STDERR_FILENO, POLLOUT, 0};
      if (::poll(&room, 1, -1) > 0) continue;
    }
    if (done <= 0) return;
    at += done;
    left -= static_cast<std::size_t>(done);
  }
}

}  // namespace m2sim::cmd
