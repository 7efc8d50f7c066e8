#include "emu/linux/calls/time_limit.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include <algorithm>
#include <cerrno>

namespace m2sim::emu {

GuestTimespec timespec_of(std::uint64_t nanoseconds) {
  return {static_cast<std::int64_t>(nanoseconds / kNanosecondsPerSecond),
          static_cast<std::int64_t>(nanoseconds % kNanosecondsPerSecond)};
}

std::optional<std::uint64_t> nanoseconds_of(const GuestTimespec& time) {
  if (time.seconds < 0 || time.nanoseconds < 0) return std::nullopt;
  const auto nanoseconds = static_cast<std::uint64_t>(time.nanoseconds);
  if (nanoseconds >= kNanosecondsPerSecond) return std::nullopt;
  constexpr std::uint64_t kMost = static_cast<std::uint64_t>(INT64_MAX) / kNanosecondsPerSecond - 1;
  return std::min(static_cast<std::uint64_t>(time.seconds), kMost) * kNanosecondsPerSecond + nanoseconds;
}

namespace {

// Negative ids name a process or a thread: its number inverted, above three bits of kind.
std::int64_t processor_time(const Process& caller, int clock) {
  constexpr unsigned kIdShift = 3;
  constexpr unsigned kThread = 4;
  const int id = ~(clock >> kIdShift);
  if ((static_cast<unsigned>(clock) & kThread) != 0) {
    const Task* task = id == 0 ? caller.task : caller.kernel.task(id);
    return task == nullptr ? -1 : static_cast<std::int64_t>(task->processor_time);
  }
  const Process* process = id == 0 ? &caller : caller.kernel.process(id);
  return process == nullptr ? -1 : static_cast<std::int64_t>(process->processor_time);
}

}  // namespace

std::int64_t clock_now(const Process& process, int clock) {
  const GuestClock& time = process.kernel.clock;
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_REALTIME_ALARM:
    case CLOCK_TAI:
      return static_cast<std::int64_t>(time.realtime());
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
    case CLOCK_BOOTTIME_ALARM:
      return static_cast<std::int64_t>(time.monotonic());
    case CLOCK_PROCESS_CPUTIME_ID:
      return static_cast<std::int64_t>(process.processor_time);
    case CLOCK_THREAD_CPUTIME_ID:
      return static_cast<std::int64_t>(process.task->processor_time);
    default:
      return clock < 0 ? processor_time(process, clock) : -1;
  }
}

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
  if (file.never_blocks_host() && file.nonblocking) return -EAGAIN;
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
