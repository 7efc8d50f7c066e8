// Files that make events readable: timerfd and signalfd.
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <cstring>
#include <memory>

#include "emu/linux/calls/event_files.h"
#include "emu/linux/calls/guest_timer.h"
#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu {

namespace {

signalfd_siginfo told(const SignalInfo& info) {
  signalfd_siginfo record{};
  record.ssi_signo = static_cast<std::uint32_t>(info.signal);
  record.ssi_code = info.code;
  const auto low = static_cast<std::uint32_t>(info.fields[0]);
  const auto high = static_cast<std::uint32_t>(info.fields[0] >> 32U);
  if (info.code == SI_TIMER) {
    record.ssi_tid = low;
    record.ssi_overrun = high;
  } else if (info.code > 0 && info.signal != SIGCHLD) {
    record.ssi_addr = info.fields[0];
  } else {
    record.ssi_pid = low;
    record.ssi_uid = high;
  }
  if (info.signal == SIGCHLD) {
    record.ssi_status = static_cast<std::int32_t>(static_cast<std::uint32_t>(info.fields[1]));
  } else {
    record.ssi_ptr = info.fields[1];
    record.ssi_int = static_cast<std::int32_t>(static_cast<std::uint32_t>(info.fields[1]));
  }
  return record;
}

}  // namespace

std::int64_t read_signals(Process& process, OpenFile& file, std::byte* to, std::uint64_t room) {
  static_assert(sizeof(signalfd_siginfo) == 128);
  auto& state = std::get<SignalFile>(file.special);
  state.process = process.pid;
  if (room < sizeof(signalfd_siginfo)) return -EINVAL;
  std::uint64_t done = 0;
  while (room - done >= sizeof(signalfd_siginfo)) {
    std::optional<SignalInfo> info = process.task->signals.queue.take(state.mask);
    if (!info) info = process.signals.take(state.mask);
    if (!info) break;
    Kernel::signal_taken(process, *info);
    const signalfd_siginfo record = told(*info);
    std::memcpy(to + done, &record, sizeof(record));
    done += sizeof(record);
  }
  if (done != 0) return static_cast<std::int64_t>(done);
  if (file.nonblocking) return -EAGAIN;
  process.task->wait.files = {{file.host, POLLIN, 0}};
  return kBlocked;
}

namespace sys {

namespace {

TimerFile* timer_file(OpenFile* file) {
  auto* state = file == nullptr ? nullptr : std::get_if<std::unique_ptr<TimerFile>>(&file->special);
  return state == nullptr ? nullptr : state->get();
}

// 0, or what a call on a descriptor that is no timer returns.
std::int64_t not_a_timer(const OpenFile* file) { return file == nullptr ? -EBADF : -EINVAL; }

void forget_expiries(const OpenFile& file) {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t done = ::read(file.host, &count, sizeof(count));
}

}  // namespace

std::int64_t timerfd_create(Process& process, const Args& args) {
  const int clock = args.i32(0);
  const bool known = clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME ||
                     clock == CLOCK_REALTIME_ALARM || clock == CLOCK_BOOTTIME_ALARM;
  if (!known || (args.i32(1) & ~(TFD_CLOEXEC | TFD_NONBLOCK)) != 0) return -EINVAL;
  const int fd = ::eventfd(0, EFD_CLOEXEC);
  if (fd < 0) return -std::int64_t{errno};
  auto state = std::make_unique<TimerFile>(process.kernel.timers);
  TimerFile& made = *state;
  made.clock = clock;
  made.timer.target = Timer::Target::kFile;
  const int guest = process.fds->add(fd, (args.i32(1) & TFD_CLOEXEC) != 0, OpenFile::Kind::kInner,
                                     (args.i32(1) & TFD_NONBLOCK) != 0, std::move(state));
  if (guest >= 0) made.timer.file = process.fds->host(guest);
  return guest;
}

std::int64_t timerfd_settime(Process& process, const Args& args) {
  GuestTimerSpec wanted{};
  if (!process.memory().read_value(args[2], wanted)) return -EFAULT;
  const auto value = timer_value(wanted);
  if ((args.i32(1) & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) != 0 || !value) return -EINVAL;
  const auto file = process.fds->file(args.i32(0));
  TimerFile* state = timer_file(file.get());
  if (state == nullptr) return not_a_timer(file.get());
  const std::uint64_t now = process.kernel.clock.elapsed();
  const GuestTimerSpec old = timer_spec(state->timer, now);
  forget_expiries(*file);
  std::optional<std::uint64_t> shows;
  if ((args.i32(1) & TFD_TIMER_ABSTIME) != 0)
    shows = static_cast<std::uint64_t>(clock_now(process, state->clock));
  arm(state->timer, *value, now, shows);
  return args[3] == 0 || process.memory().write_value(args[3], old) ? 0 : -EFAULT;
}

std::int64_t timerfd_gettime(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  const TimerFile* state = timer_file(file.get());
  if (state == nullptr) return not_a_timer(file.get());
  const GuestTimerSpec spec = timer_spec(state->timer, process.kernel.clock.elapsed());
  return process.memory().write_value(args[1], spec) ? 0 : -EFAULT;
}

std::int64_t signalfd4(Process& process, const Args& args) {
  std::uint64_t mask = 0;
  if (args[2] != sizeof(mask) || (args.i32(3) & ~(SFD_CLOEXEC | SFD_NONBLOCK)) != 0) return -EINVAL;
  if (!process.memory().read_value(args[1], mask)) return -EFAULT;
  mask &= ~kNeverBlocked;
  if (args.i32(0) != -1) {
    const auto file = process.fds->file(args.i32(0));
    if (file == nullptr) return -EBADF;
    auto* state = std::get_if<SignalFile>(&file->special);
    if (state == nullptr) return -EINVAL;
    state->mask = mask;
    return args.i32(0);
  }
  const int fd = ::eventfd(0, EFD_CLOEXEC);
  if (fd < 0) return -std::int64_t{errno};
  const int guest = process.fds->add(fd, (args.i32(3) & SFD_CLOEXEC) != 0, OpenFile::Kind::kInner,
                                     (args.i32(3) & SFD_NONBLOCK) != 0, SignalFile{mask, process.pid, false});
  if (guest >= 0) process.kernel.watch_signals(process.fds->file(guest));
  return guest;
}

}  // namespace sys

}  // namespace m2sim::emu
