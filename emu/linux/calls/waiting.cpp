#include "emu/linux/calls/waiting.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

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

std::int64_t wait_for_file(Process& process, const OpenFile& file, short events) {
  if (file.kind == OpenFile::Kind::kPlain) return 0;
  pollfd polled{file.host, events, 0};
  if (::poll(&polled, 1, 0) != 0) return 0;  // ready, or the call itself will say what is wrong
  if (file.never_blocks_host() && file.nonblocking) return 0;  // the call says so itself
  // A foreign file that must not wait says so itself.
  if (file.kind == OpenFile::Kind::kForeign && (::fcntl(file.host, F_GETFL) & O_NONBLOCK) != 0) return 0;
  Wait& wait = process.task->wait;
  wait.files = {{file.host, events, 0}};
  wait.outside = file.outside();
  return kBlocked;
}

std::int64_t wait_for_socket(Process& process, const OpenFile& file, short events) {
  const std::int64_t result = wait_for_file(process, file, events);
  if (result != kBlocked) return result;
  if (timed_out(process)) return -EAGAIN;
  Wait& wait = process.task->wait;
  if (wait.again) return result;
  timeval limit{};
  socklen_t size = sizeof(limit);
  const int option = events == POLLIN ? SO_RCVTIMEO : SO_SNDTIMEO;
  if (::getsockopt(file.host, SOL_SOCKET, option, &limit, &size) != 0) return result;
  constexpr std::uint64_t kMicro = 1000;
  const std::uint64_t nanoseconds = static_cast<std::uint64_t>(limit.tv_sec) * kNanosecondsPerSecond +
                                    static_cast<std::uint64_t>(limit.tv_usec) * kMicro;
  if (nanoseconds != 0) wait.deadline = deadline_after(process, nanoseconds);
  return result;
}

}  // namespace m2sim::emu
