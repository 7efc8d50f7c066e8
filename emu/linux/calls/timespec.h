// Times as guests write them, and what their clocks show.
#pragma once

#include <cstdint>
#include <optional>

#include "emu/linux/process.h"

namespace m2sim::emu {

inline constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;

struct GuestTimespec {
  std::int64_t seconds;
  std::int64_t nanoseconds;
};

GuestTimespec timespec_of(std::uint64_t nanoseconds);
// Nothing when it is not a time; very long times are cut to about 292 years.
std::optional<std::uint64_t> nanoseconds_of(const GuestTimespec& time);

// What a clock of the guest shows, in ns; -1: no such clock.
std::int64_t clock_now(const Process& process, int clock);

}  // namespace m2sim::emu
