// Timers of the guest: what expires, on which clock, and what then happens. System fires them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "emu/linux/signals.h"

namespace m2sim::emu {

struct Process;
struct Timer;

// Every timer there is, in the order in which they were made.
using TimerList = std::vector<Timer*>;

struct Timer {
  // kTime: GuestClock::elapsed(). The others: processor time of the process or of the thread `thread`.
  enum class Clock : std::uint8_t { kTime, kProcess, kThread };
  // kFile: one is added to an eventfd of the host for every expiry.
  enum class Target : std::uint8_t { kNothing, kFile, kProcess, kThread };

  // Not copied: the list knows where it is. `owner` is null for files.
  Timer(TimerList& its_list, Process* owner);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // All of its expiries up to `now` happen: returns how many, and sets the next one.
  std::uint64_t pass(std::uint64_t now);
  // Not armed: 0.
  std::uint64_t left(std::uint64_t now) const { return expiry && *expiry > now ? *expiry - now : 0; }
  void set(std::optional<std::uint64_t> first, std::uint64_t then_every) {
    expiry = first;
    interval = then_every;
  }

  TimerList& list;
  Process* process;
  Clock clock = Clock::kTime;
  Target target = Target::kNothing;
  std::optional<std::uint64_t> expiry;  // ns of its clock; empty: not armed
  std::uint64_t interval = 0;           // ns; 0: expires once
  SignalInfo info;                      // what is sent
  int thread = 0;                       // to whom, and whose clock
  int file = -1;                        // host descriptor
};

// Made by timer_create.
struct PosixTimer {
  PosixTimer(TimerList& list, Process& owner, int its_id) : timer(list, &owner), id(its_id) {}

  Timer timer;
  int id;
  int clock = 0;              // as the guest names it
  std::uint64_t overrun = 0;  // expiries that the last signal taken stood for, but one
};

}  // namespace m2sim::emu
