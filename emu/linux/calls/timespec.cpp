#include "emu/linux/calls/timespec.h"

#include <time.h>

#include <algorithm>

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

}  // namespace m2sim::emu
