#include "emu/linux/calls/waiting.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <termios.h>

#include <cerrno>
#include <optional>

namespace m2sim::emu {

TimeLimit time_limit(const Process& process, std::uint64_t address) {
  if (address == 0) return {};
  GuestTimespec guest{};
  if (!process.memory().read_value(address, guest)) return {true, 0, -EFAULT};
  const std::optional<std::uint64_t> nanoseconds = nanoseconds_of(guest);
  return nanoseconds ? TimeLimit{true, *nanoseconds, 0} : TimeLimit{true, 0, -EINVAL};
}

std::uint64_t deadline_after(const Process& process, std::uint64_t nanoseconds) {
  const std::uint64_t now = process.kernel.clock.elapsed();
  return nanoseconds > UINT64_MAX - now ? UINT64_MAX : now + nanoseconds;
}

bool timed_out(const Process& process) {
  const std::optional<std::uint64_t>& deadline = process.task->wait.deadline;
  return deadline && *deadline <= process.kernel.clock.elapsed();
}

std::int64_t set_wait_mask(Process& process, std::uint64_t address) {
  if (address == 0) return 0;
  std::uint64_t set = 0;
  if (!process.memory().read_value(address, set)) return -EFAULT;
  ThreadSignals& signals = process.task->signals;
  signals.saved = signals.blocked;
  signals.blocked = set & ~kNeverBlocked;
  return 0;
}

namespace {

// The end of the time that the socket lets its callers wait.
std::optional<std::uint64_t> socket_limit(const Process& process, const OpenFile& file, short events) {
  if (!file.nature().socket) return std::nullopt;
  timeval limit{};
  socklen_t size = sizeof(limit);
  const int option = events == POLLIN ? SO_RCVTIMEO : SO_SNDTIMEO;
  if (::getsockopt(file.host, SOL_SOCKET, option, &limit, &size) != 0) return std::nullopt;
  constexpr std::uint64_t kMicro = 1000;
  const std::uint64_t nanoseconds = static_cast<std::uint64_t>(limit.tv_sec) * kNanosecondsPerSecond +
                                    static_cast<std::uint64_t>(limit.tv_usec) * kMicro;
  if (nanoseconds == 0) return std::nullopt;
  return deadline_after(process, nanoseconds);
}

// How long a terminal that asks for no byte at all (VMIN 0) waits for one, in ns: poll() would wait for ever.
// A master's settings are its slave's, and not for its own readers.
std::optional<std::uint64_t> terminal_patience(const OpenFile& file, short events) {
  termios settings{};
  unsigned number = 0;
  if (events != POLLIN || file.nature().socket || ::tcgetattr(file.host, &settings) != 0) return std::nullopt;
  if ((settings.c_lflag & ICANON) != 0 || settings.c_cc[VMIN] != 0) return std::nullopt;
  if (::ioctl(file.host, TIOCGPTN, &number) == 0) return std::nullopt;
  constexpr std::uint64_t kTenth = kNanosecondsPerSecond / 10;
  return settings.c_cc[VTIME] * kTenth;
}

std::optional<std::uint64_t> limit_of(const Process& process, const OpenFile& file, short events) {
  const auto patience = terminal_patience(file, events);
  return patience ? deadline_after(process, *patience) : socket_limit(process, file, events);
}

}  // namespace

std::int64_t sleep_for_file(Process& process, const OpenFile& file, short events, bool announced) {
  if (timed_out(process)) return -EAGAIN;
  Wait& wait = process.task->wait;
  // What has a limit is not made again behind a handler, save the read of a terminal.
  if (wait.interrupted && wait.deadline && file.nature().socket) return -EINTR;
  wait.files.clear();
  if (announced) wait.files = {{file.host, events, 0}};
  wait.outside = file.outside();
  wait.retry = !announced;
  if (!wait.again) wait.deadline = limit_of(process, file, events);
  return kBlocked;
}

std::int64_t wait_for_file(Process& process, const OpenFile& file, short events) {
  if (file.kind == OpenFile::Kind::kPlain) return 0;
  pollfd polled{file.host, events, 0};
  if (::poll(&polled, 1, 0) != 0) return 0;  // ready, or the call itself will say what is wrong
  if (file.never_blocks_host() && file.nonblocking) return 0;  // the call says so itself
  // A foreign file that must not wait says so itself, and so does the wrong end of a pipe.
  if (file.kind == OpenFile::Kind::kForeign && (::fcntl(file.host, F_GETFL) & O_NONBLOCK) != 0) return 0;
  if (file.nature().access == (events == POLLIN ? O_WRONLY : O_RDONLY)) return 0;
  if (terminal_patience(file, events) == 0U) return 0;
  return sleep_for_file(process, file, events, true);
}

bool answers_at_once(const OpenFile& file, short events, bool empty) {
  const bool socket = file.nature().socket;
  if (empty && (file.kind == OpenFile::Kind::kForeign || file.pty != nullptr)) return !socket;
  if (file.kind == OpenFile::Kind::kPlain) return true;
  if (!file.never_blocks_host() || file.pty != nullptr) return false;
  if (events != POLLIN || !socket) return true;
  // Of a terminal and of such a socket less could be read than must come together.
  int least = 1;
  socklen_t size = sizeof(least);
  return ::getsockopt(file.host, SOL_SOCKET, SO_RCVLOWAT, &least, &size) != 0 || least <= 1;
}

}  // namespace m2sim::emu
