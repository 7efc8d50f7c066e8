// Interval timers and POSIX timers.
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include <algorithm>

#include "emu/linux/calls/guest_timer.h"
#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu {

std::optional<TimerValue> timer_value(const GuestTimerSpec& spec) {
  const auto interval = nanoseconds_of(spec.interval);
  const auto first = nanoseconds_of(spec.value);
  if (!interval || !first) return std::nullopt;
  return TimerValue{*first, *interval};
}

GuestTimerSpec timer_spec(const Timer& timer, std::uint64_t now) {
  // An armed timer never says that nothing is left.
  const std::uint64_t left = timer.expiry ? std::max<std::uint64_t>(timer.left(now), 1) : 0;
  return {timespec_of(timer.interval), timespec_of(left)};
}

void arm(Timer& timer, const TimerValue& value, std::uint64_t now, std::optional<std::uint64_t> clock_shows) {
  if (value.first == 0) {
    timer.set(std::nullopt, 0);
  } else if (clock_shows) {
    timer.set(now + (value.first - std::min(value.first, *clock_shows)), value.interval);
  } else {
    timer.set(value.first > UINT64_MAX - now ? UINT64_MAX : now + value.first, value.interval);
  }
}

namespace sys {

namespace {

struct GuestInterval {
  std::int64_t interval_seconds, interval_micros, seconds, micros;
};
constexpr std::uint64_t kMicro = 1000;
constexpr std::int64_t kMicros = 1'000'000;

std::uint64_t interval_timer_now(const Process& process, int which) {
  return which == ITIMER_REAL ? process.kernel.clock.elapsed() : process.processor_time;
}

GuestInterval interval_of(const Process& process, int which) {
  const Timer& timer = process.interval_timers[static_cast<std::size_t>(which)];
  const auto micros = [](std::uint64_t ns) { return static_cast<std::int64_t>((ns + kMicro - 1) / kMicro); };
  const std::int64_t interval = micros(timer.interval);
  std::int64_t left = micros(timer.left(interval_timer_now(process, which)));
  if (timer.expiry) left = std::max<std::int64_t>(left, 1);
  return {interval / kMicros, interval % kMicros, left / kMicros, left % kMicros};
}

// Whether a timer can count what the clock shows; those of other processes would need their timers.
bool choose_clock(Process& process, PosixTimer& made) {
  const int clock = made.clock;
  if (clock_now(process, clock) < 0) return false;
  constexpr unsigned kIdShift = 3;  // see clock_now
  constexpr unsigned kThread = 4;
  const int id = clock < 0 ? ~(clock >> kIdShift) : 0;
  const bool of_thread =
      clock < 0 ? (static_cast<unsigned>(clock) & kThread) != 0 : clock == CLOCK_THREAD_CPUTIME_ID;
  if (of_thread) {
    const Task* thread = id == 0 ? process.task : process.kernel.task(id);
    made.timer.clock = Timer::Clock::kThread;
    made.timer.thread = thread->id;
    return thread->process == &process;
  }
  if (clock < 0 || clock == CLOCK_PROCESS_CPUTIME_ID) {
    made.timer.clock = Timer::Clock::kProcess;
    return id == 0 || id == process.pid;
  }
  return clock != CLOCK_MONOTONIC_RAW && clock != CLOCK_REALTIME_COARSE && clock != CLOCK_MONOTONIC_COARSE;
}

struct GuestSigevent {
  std::uint64_t value;
  std::int32_t signal, notify, thread, padding;
};

std::int64_t choose_target(Process& process, PosixTimer& made, std::uint64_t event_at) {
  GuestSigevent event{static_cast<std::uint64_t>(made.id), SIGALRM, SIGEV_SIGNAL, 0, 0};
  if (event_at != 0 && !process.memory().read_value(event_at, event)) return -EFAULT;
  Timer& timer = made.timer;
  if (event.notify == SIGEV_NONE) return 0;
  if (event.signal < 1 || event.signal > kSignalCount) return -EINVAL;
  timer.info = {event.signal, SI_TIMER, {static_cast<std::uint32_t>(made.id), event.value, 0}};
  timer.target = Timer::Target::kProcess;
  // SIGEV_THREAD alone is the C library's affair, which asks for a signal of its own.
  if (event.notify == SIGEV_SIGNAL || event.notify == SIGEV_THREAD) return 0;
  if (event.notify != SIGEV_THREAD_ID) return -EINVAL;
  const Task* thread = process.kernel.task(event.thread);
  if (thread == nullptr || thread->process != &process) return -EINVAL;
  if (timer.clock == Timer::Clock::kThread && timer.thread != event.thread) return -EINVAL;
  timer.target = Timer::Target::kThread;
  timer.thread = event.thread;
  return 0;
}

PosixTimer* timer_argument(const Process& process, const Args& args) {
  const std::uint64_t id = args.u32(0);
  return id < process.timers.size() ? process.timers[id].get() : nullptr;
}

std::uint64_t now_of(const Process& process, const Timer& timer) {
  if (timer.clock == Timer::Clock::kTime) return process.kernel.clock.elapsed();
  if (timer.clock == Timer::Clock::kProcess) return process.processor_time;
  const Task* thread = process.kernel.task(timer.thread);
  return thread == nullptr ? 0 : thread->processor_time;
}

}  // namespace

std::int64_t getitimer(Process& process, const Args& args) {
  if (args.u32(0) > ITIMER_PROF) return -EINVAL;
  return process.memory().write_value(args[1], interval_of(process, args.i32(0))) ? 0 : -EFAULT;
}

std::int64_t setitimer(Process& process, const Args& args) {
  constexpr int kSignals[] = {SIGALRM, SIGVTALRM, SIGPROF};
  constexpr int kFromKernel = 0x80;  // SI_KERNEL
  const int which = args.i32(0);
  if (args.u32(0) > ITIMER_PROF) return -EINVAL;
  GuestInterval wanted{};
  if (args[1] != 0 && !process.memory().read_value(args[1], wanted)) return -EFAULT;
  const bool valid = wanted.micros >= 0 && wanted.micros < kMicros && wanted.interval_micros >= 0 &&
                     wanted.interval_micros < kMicros;
  const auto value = timer_value({{wanted.interval_seconds, wanted.interval_micros * std::int64_t{kMicro}},
                                  {wanted.seconds, wanted.micros * std::int64_t{kMicro}}});
  if (!valid || !value) return -EINVAL;
  const GuestInterval old = interval_of(process, which);
  Timer& timer = process.interval_timers[static_cast<std::size_t>(which)];
  timer.clock = which == ITIMER_REAL ? Timer::Clock::kTime : Timer::Clock::kProcess;
  timer.target = Timer::Target::kProcess;
  timer.info = {kSignals[which], kFromKernel, {}};
  arm(timer, *value, interval_timer_now(process, which), std::nullopt);
  return args[2] == 0 || process.memory().write_value(args[2], old) ? 0 : -EFAULT;
}

std::int64_t timer_create(Process& process, const Args& args) {
  constexpr std::size_t kMostTimers = 1024;
  auto& timers = process.timers;
  const auto free = std::find(timers.begin(), timers.end(), nullptr);
  const auto id = static_cast<std::size_t>(free - timers.begin());
  if (id >= kMostTimers) return -EAGAIN;
  auto made = std::make_unique<PosixTimer>(process.kernel.timers, process, static_cast<int>(id));
  made->clock = args.i32(0);
  if (!choose_clock(process, *made)) return -EINVAL;
  if (const std::int64_t error = choose_target(process, *made, args[1]); error != 0) return error;
  if (!process.memory().write_value(args[2], made->id)) return -EFAULT;
  if (free == timers.end()) timers.emplace_back();
  timers[id] = std::move(made);
  return 0;
}

std::int64_t timer_gettime(Process& process, const Args& args) {
  PosixTimer* made = timer_argument(process, args);
  if (made == nullptr) return -EINVAL;
  Timer& timer = made->timer;
  const std::uint64_t now = now_of(process, timer);
  // One that tells nobody is only looked at here.
  if (timer.target == Timer::Target::kNothing) timer.pass(now);
  return process.memory().write_value(args[1], timer_spec(timer, now)) ? 0 : -EFAULT;
}

std::int64_t timer_settime(Process& process, const Args& args) {
  PosixTimer* made = timer_argument(process, args);
  GuestTimerSpec wanted{};
  if (!process.memory().read_value(args[2], wanted)) return -EFAULT;
  const auto value = timer_value(wanted);
  if (made == nullptr || !value) return -EINVAL;
  Timer& timer = made->timer;
  const std::uint64_t now = now_of(process, timer);
  if (timer.target == Timer::Target::kNothing) timer.pass(now);
  if (args[3] != 0 && !process.memory().write_value(args[3], timer_spec(timer, now))) return -EFAULT;
  std::optional<std::uint64_t> shows;
  if ((args.u32(1) & TIMER_ABSTIME) != 0) {
    shows = timer.clock == Timer::Clock::kTime ? static_cast<std::uint64_t>(clock_now(process, made->clock))
                                               : now;
  }
  arm(timer, *value, now, shows);
  made->overrun = 0;
  return 0;
}

std::int64_t timer_getoverrun(Process& process, const Args& args) {
  const PosixTimer* made = timer_argument(process, args);
  return made == nullptr ? -EINVAL : static_cast<std::int64_t>(made->overrun);
}

std::int64_t timer_delete(Process& process, const Args& args) {
  if (timer_argument(process, args) == nullptr) return -EINVAL;
  process.timers[args.u32(0)].reset();
  return 0;
}

}  // namespace sys

}  // namespace m2sim::emu
