// Clocks and sleeping, all in simulated time (GuestClock).
#include <sys/time.h>
#include <time.h>

#include <algorithm>
#include <optional>

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

// Nothing when it is not a time; very long times are cut to about 292 years.
std::optional<std::uint64_t> nanoseconds_of(const GuestTimespec& time) {
  if (time.seconds < 0 || time.nanoseconds < 0) return std::nullopt;
  const auto nanoseconds = static_cast<std::uint64_t>(time.nanoseconds);
  if (nanoseconds >= kSecond) return std::nullopt;
  const std::uint64_t seconds =
      std::min(static_cast<std::uint64_t>(time.seconds), static_cast<std::uint64_t>(INT64_MAX) / kSecond - 1);
  return seconds * kSecond + nanoseconds;
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

std::int64_t clock_getres(Kernel& kernel, const Args& args) {
  constexpr GuestTimespec kResolution = {0, 1};
  if (clock_now(kernel, args.i32(0)) < 0) return -EINVAL;
  return args[1] == 0 || kernel.memory.write_value(args[1], kResolution) ? 0 : -EFAULT;
}

std::int64_t clock_nanosleep(Kernel& kernel, const Args& args) {
  constexpr std::uint32_t kAbsolute = 1;  // TIMER_ABSTIME
  const std::int64_t now = clock_now(kernel, args.i32(0));
  if (now < 0) return -EINVAL;
  GuestTimespec wanted{};
  if (!kernel.memory.read_value(args[2], wanted)) return -EFAULT;
  const auto length = nanoseconds_of(wanted);
  if (!length) return -EINVAL;
  const bool absolute = (args.u32(1) & kAbsolute) != 0;
  const auto begin = absolute ? static_cast<std::uint64_t>(now) : 0;
  if (*length > begin) kernel.clock.slept += *length - begin;
  return 0;
}

std::int64_t nanosleep(Kernel& kernel, const Args& args) {
  return clock_nanosleep(kernel, {{CLOCK_MONOTONIC, 0, args[0], args[1], 0, 0}});
}

}  // namespace m2sim::emu::sys
