// What the calls that set timers share: the guest's description of one, and arming it.
#pragma once

#include <cstdint>
#include <optional>

#include "emu/linux/calls/timespec.h"
#include "emu/linux/timer.h"

namespace m2sim::emu {

// struct itimerspec.
struct GuestTimerSpec {
  GuestTimespec interval;
  GuestTimespec value;
};

struct TimerValue {
  std::uint64_t first;  // ns; 0 disarms
  std::uint64_t interval;
};

// Empty: not a time.
std::optional<TimerValue> timer_value(const GuestTimerSpec& spec);

// `now` is what the timer's clock shows (Timer::Clock).
GuestTimerSpec timer_spec(const Timer& timer, std::uint64_t now);

// With `clock_shows`, `value.first` is a time of a clock that shows that now; otherwise it is counted from
// now.
void arm(Timer& timer, const TimerValue& value, std::uint64_t now, std::optional<std::uint64_t> clock_shows);

}  // namespace m2sim::emu
