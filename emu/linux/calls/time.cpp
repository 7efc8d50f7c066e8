// Clocks and sleeping, all in simulated time (GuestClock).
#include <sys/time.h>
#include <time.h>

#include <algorithm>

#include "emu/linux/calls/syscalls.h"
#include "emu/linux/calls/waiting.h"

namespace m2sim::emu::sys {

std::int64_t clock_gettime(Process& process, const Args& args) {
  const std::int64_t now = clock_now(process, args.i32(0));
  if (now < 0) return -EINVAL;
  return process.memory().write_value(args[1], timespec_of(static_cast<std::uint64_t>(now))) ? 0 : -EFAULT;
}

std::int64_t gettimeofday(Process& process, const Args& args) {
  constexpr std::uint64_t kMicro = 1000;
  const std::uint64_t now = process.kernel.clock.realtime();
  const std::int64_t value[2] = {static_cast<std::int64_t>(now / kNanosecondsPerSecond),
                                 static_cast<std::int64_t>(now % kNanosecondsPerSecond / kMicro)};
  const std::int32_t zone[2] = {0, 0};
  if (args[0] != 0 && !process.memory().write(args[0], value, sizeof(value))) return -EFAULT;
  if (args[1] != 0 && !process.memory().write(args[1], zone, sizeof(zone))) return -EFAULT;
  return 0;
}

std::int64_t clock_getres(Process& process, const Args& args) {
  constexpr GuestTimespec kResolution = {0, 1};
  if (clock_now(process, args.i32(0)) < 0) return -EINVAL;
  return args[1] == 0 || process.memory().write_value(args[1], kResolution) ? 0 : -EFAULT;
}

std::int64_t clock_nanosleep(Process& process, const Args& args) {
  constexpr std::uint32_t kAbsolute = 1;  // TIMER_ABSTIME
  Wait& wait = process.task->wait;
  const bool absolute = (args.u32(1) & kAbsolute) != 0;
  if (wait.again) {
    if (timed_out(process)) return 0;
    if (!wait.interrupted) return kBlocked;
    const std::uint64_t left = *wait.deadline - process.kernel.clock.elapsed();
    const bool told = absolute || args[3] == 0 || process.memory().write_value(args[3], timespec_of(left));
    return told ? -EINTR : -EFAULT;
  }
  const std::int64_t now = clock_now(process, args.i32(0));
  if (now < 0) return -EINVAL;
  GuestTimespec wanted{};
  if (!process.memory().read_value(args[2], wanted)) return -EFAULT;
  const auto length = nanoseconds_of(wanted);
  if (!length) return -EINVAL;
  const auto begin = absolute ? static_cast<std::uint64_t>(now) : 0;
  if (*length <= begin) return 0;
  wait.deadline = deadline_after(process, *length - begin);
  return kBlocked;
}

// The guest's clocks are the simulator's own matter.
std::int64_t clock_settime(Process& process, const Args& args) {
  GuestTimespec wanted{};
  if (!process.memory().read_value(args[1], wanted)) return -EFAULT;
  if (!nanoseconds_of(wanted) || clock_now(process, args.i32(0)) < 0) return -EINVAL;
  return args.i32(0) == CLOCK_REALTIME ? -EPERM : -EINVAL;
}

std::int64_t settimeofday(Process& process, const Args& args) {
  std::int64_t wanted[2] = {};
  if (args[0] != 0 && !process.memory().read(args[0], wanted, sizeof(wanted))) return -EFAULT;
  return -EPERM;
}

std::int64_t nanosleep(Process& process, const Args& args) {
  return clock_nanosleep(process, {{CLOCK_MONOTONIC, 0, args[0], args[1], 0, 0}});
}

}  // namespace m2sim::emu::sys
