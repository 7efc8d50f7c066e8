// Clocks and sleeping, all in simulated time (GuestClock).
#include <sys/time.h>
#include <time.h>

#include "emu/syscalls.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

struct GuestTimespec {
  std::int64_t seconds;
  std::int64_t nanoseconds;
};

GuestTimespec timespec_of(std::uint64_t nanoseconds) {
  return {static_cast<std::int64_t>(nanoseconds / kSecond), static_cast<std::int64_t>(nanoseconds % kSecond)};
}

// -1: no such clock.
std::int64_t clock_now(const Kernel& kernel, int clock) {
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_TAI:
      return static_cast<std::int64_t>(kernel.clock.realtime());
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
      return static_cast<std::int64_t>(kernel.clock.monotonic());
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID:
      return static_cast<std::int64_t>(kernel.clock.executed);
    default:
      return -1;
  }
}

}  // namespace

std::int64_t clock_gettime(Kernel& kernel, const Args& args) {
  const std::int64_t now = clock_now(kernel, args.i32(0));
  if (now < 0) return -EINVAL;
  return kernel.memory.write_value(args[1], timespec_of(static_cast<std::uint64_t>(now))) ? 0 : -EFAULT;
}

std::int64_t gettimeofday(Kernel& kernel, const Args& args) {
  constexpr std::uint64_t kMicro = 1000;
  const std::uint64_t now = kernel.clock.realtime();
  const std::int64_t value[2] = {static_cast<std::int64_t>(now / kSecond),
                                 static_cast<std::int64_t>(now % kSecond / kMicro)};
  const std::int32_t zone[2] = {0, 0};
  if (args[0] != 0 && !kernel.memory.write(args[0], value, sizeof(value))) return -EFAULT;
  if (args[1] != 0 && !kernel.memory.write(args[1], zone, sizeof(zone))) return -EFAULT;
  return 0;
}

}  // namespace m2sim::emu::sys
