// Signal dispositions, masks, sending, and waiting for signals.
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "emu/linux/calls/syscalls.h"
#include "emu/linux/calls/waiting.h"
#include "emu/linux/signal_frame.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::uint64_t kSetSize = 8;  // bytes of the kernel's sigset_t

SignalInfo from_caller(const Process& process, int signal, int code) {
  const std::uint64_t who =
      static_cast<std::uint32_t>(process.pid) | (std::uint64_t{process.credentials.user().real} << 32U);
  return {signal, code, {who, 0, 0}};
}

bool valid(int signal) { return signal >= 0 && signal <= kSignalCount; }

// One of the same user, or of the same session that shall go on.
bool may_signal(const Process& caller, const Process& target, int signal) {
  const Identity& sender = caller.credentials.user();
  const Identity& user = target.credentials.user();
  const bool same = sender.effective == user.real || sender.effective == user.saved ||
                    sender.real == user.real || sender.real == user.saved;
  return same || caller.credentials.may(Capability::kKill) ||
         (signal == SIGCONT && caller.session == target.session);
}

std::int64_t send_to(Process& process, int pid, const SignalInfo& info) {
  Process* target = process.kernel.process(pid);
  if (target == nullptr) return -ESRCH;
  if (!may_signal(process, *target, info.signal)) return -EPERM;
  if (info.signal != 0) process.kernel.post(*target, info);
  return 0;
}

std::int64_t send_to_thread(Process& process, int group, int tid, const SignalInfo& info) {
  Task* target = process.kernel.task(tid);
  if (target == nullptr || (group >= 0 && target->process->pid != group)) return -ESRCH;
  if (!may_signal(process, *target->process, info.signal)) return -EPERM;
  if (info.signal != 0) process.kernel.post(*target, info);
  return 0;
}

// A process group; -1: everybody but the sender.
std::int64_t send_to_many(Process& caller, int group, const SignalInfo& info) {
  bool found = false;
  bool sent = false;
  for (const auto& process : caller.kernel.processes()) {
    const bool meant = group < 0 ? process->pid != caller.pid : process->group == group;
    if (!meant || !process->running()) continue;
    found = true;
    if (!may_signal(caller, *process, info.signal)) continue;
    sent = true;
    if (info.signal != 0) caller.kernel.post(*process, info);
  }
  return sent ? 0 : found ? -EPERM : -ESRCH;
}

// The siginfo_t of a sender who makes up his own. Only to himself may he say that it comes from the kernel.
std::int64_t read_info(const Process& process, int to, int signal, std::uint64_t at, SignalInfo& info) {
  struct {
    std::int32_t signal, error, code, padding;
    std::array<std::uint64_t, 3> fields;
  } guest;
  if (!process.memory().read_value(at, guest)) return -EFAULT;
  if ((guest.code >= 0 || guest.code == SI_TKILL) && to != process.task->id) return -EPERM;
  info = {signal, guest.code, guest.fields};
  return 0;
}

}  // namespace

std::int64_t rt_sigaction(Process& process, const Args& args) {
  const int signal = args.i32(0);
  if (args[3] != kSetSize || signal < 1 || signal > kSignalCount) return -EINVAL;
  GuestSigaction& action = process.actions[static_cast<std::size_t>(signal)];
  const GuestSigaction old = action;
  if (args[1] != 0) {
    if (signal == SIGKILL || signal == SIGSTOP) return -EINVAL;
    GuestSigaction wanted;
    if (!process.memory().read_value(args[1], wanted)) return -EFAULT;
    action = wanted;
    // Ignoring a signal also forgets those that are pending.
    if (wanted.handler == 1 || (wanted.handler == 0 && default_action(signal) == DefaultAction::kIgnore)) {
      process.signals.drop(signal_bit(signal));
      process.task->signals.queue.drop(signal_bit(signal));
    }
  }
  return args[2] == 0 || process.memory().write_value(args[2], old) ? 0 : -EFAULT;
}

std::int64_t rt_sigprocmask(Process& process, const Args& args) {
  if (args[3] != kSetSize) return -EINVAL;
  std::uint64_t& mask = process.task->signals.blocked;
  const std::uint64_t old = mask;
  if (args[1] != 0) {
    std::uint64_t set = 0;
    if (!process.memory().read_value(args[1], set)) return -EFAULT;
    std::uint64_t blocked = old;
    switch (args.i32(0)) {
      case SIG_BLOCK:
        blocked |= set;
        break;
      case SIG_UNBLOCK:
        blocked &= ~set;
        break;
      case SIG_SETMASK:
        blocked = set;
        break;
      default:
        return -EINVAL;
    }
    mask = blocked & ~kNeverBlocked;
  }
  return args[2] == 0 || process.memory().write_value(args[2], old) ? 0 : -EFAULT;
}

std::int64_t rt_sigpending(Process& process, const Args& args) {
  if (args[1] > kSetSize) return -EINVAL;
  const ThreadSignals& signals = process.task->signals;
  const std::uint64_t pending = (signals.queue.pending() | process.signals.pending()) & signals.blocked;
  return process.memory().write(args[0], &pending, args[1]) ? 0 : -EFAULT;
}

std::int64_t rt_sigsuspend(Process& process, const Args& args) {
  const Wait& wait = process.task->wait;
  if (wait.interrupted) return -EINTR;
  if (wait.again) return kBlocked;
  if (args[1] != kSetSize) return -EINVAL;
  if (args[0] == 0) return -EFAULT;
  const std::int64_t error = set_wait_mask(process, args[0]);
  return error != 0 ? error : kBlocked;
}

std::int64_t rt_sigtimedwait(Process& process, const Args& args) {
  std::uint64_t set = 0;
  if (args[3] != kSetSize) return -EINVAL;
  if (!process.memory().read_value(args[0], set)) return -EFAULT;
  set &= ~kNeverBlocked;
  Wait& wait = process.task->wait;
  if (!wait.again) {
    const TimeLimit limit = time_limit(process, args[2]);
    if (limit.error != 0) return limit.error;
    if (limit.given) wait.deadline = deadline_after(process, limit.nanoseconds);
  }
  ThreadSignals& signals = process.task->signals;
  std::optional<SignalInfo> info = signals.queue.take(set);
  if (!info) info = process.signals.take(set);
  if (info) {
    Kernel::signal_taken(process, *info);
    struct {
      std::int32_t signal, error = 0, code, padding = 0;
      std::array<std::uint64_t, 14> fields{};
    } guest{info->signal, 0, info->code, 0, {info->fields[0], info->fields[1], info->fields[2]}};
    if (args[1] != 0 && !process.memory().write_value(args[1], guest)) return -EFAULT;
    return info->signal;
  }
  if (wait.interrupted) return -EINTR;
  if (timed_out(process)) return -EAGAIN;
  wait.signals = set;
  return kBlocked;
}

std::int64_t rt_sigreturn(Process& process, const Args& /*args*/) {
  if (!restore_from_frame(*process.task)) process.end = {GuestEnd::Kind::kSignalled, 0, SIGSEGV};
  return static_cast<std::int64_t>(process.task->cpu.x[0]);
}

std::int64_t sigaltstack(Process& process, const Args& args) {
  constexpr std::uint32_t kOnStack = 1;
  constexpr std::uint64_t kSmallest = 5120;  // arm64 MINSIGSTKSZ
  GuestSigaltstack& current = process.task->signals.alternate;
  GuestSigaltstack old = current;
  const bool in_use = current.holds(process.task->cpu.x[kSpSlot]);
  if (in_use) old.flags |= kOnStack;
  if (args[0] != 0) {
    GuestSigaltstack wanted;
    if (!process.memory().read_value(args[0], wanted)) return -EFAULT;
    if (in_use) return -EPERM;
    const std::uint32_t mode = wanted.flags & ~GuestSigaltstack::kAutoDisarm;
    if (mode != 0 && mode != GuestSigaltstack::kDisable && mode != kOnStack) return -EINVAL;
    if (!wanted.disabled() && wanted.size < kSmallest) return -ENOMEM;
    current = wanted;
    current.flags &= ~kOnStack;
  }
  return args[1] == 0 || process.memory().write_value(args[1], old) ? 0 : -EFAULT;
}

std::int64_t kill(Process& process, const Args& args) {
  const int signal = args.i32(1);
  if (!valid(signal)) return -EINVAL;
  const SignalInfo info = from_caller(process, signal, SI_USER);
  const int target = args.i32(0);
  if (target > 0) return send_to(process, target, info);
  return send_to_many(process, target == 0 ? process.group : (target == -1 ? -1 : -target), info);
}

std::int64_t tgkill(Process& process, const Args& args) {
  const int signal = args.i32(2);
  if (args.i32(0) <= 0 || args.i32(1) <= 0 || !valid(signal)) return -EINVAL;
  return send_to_thread(process, args.i32(0), args.i32(1), from_caller(process, signal, SI_TKILL));
}

std::int64_t tkill(Process& process, const Args& args) {
  if (args.i32(0) <= 0 || !valid(args.i32(1))) return -EINVAL;
  return send_to_thread(process, -1, args.i32(0), from_caller(process, args.i32(1), SI_TKILL));
}

std::int64_t rt_sigqueueinfo(Process& process, const Args& args) {
  SignalInfo info;
  if (!valid(args.i32(1))) return -EINVAL;
  const std::int64_t error = read_info(process, args.i32(0), args.i32(1), args[2], info);
  return error != 0 ? error : send_to(process, args.i32(0), info);
}

std::int64_t rt_tgsigqueueinfo(Process& process, const Args& args) {
  SignalInfo info;
  if (args.i32(0) <= 0 || args.i32(1) <= 0 || !valid(args.i32(2))) return -EINVAL;
  const std::int64_t error = read_info(process, args.i32(1), args.i32(2), args[3], info);
  return error != 0 ? error : send_to_thread(process, args.i32(0), args.i32(1), info);
}

}  // namespace m2sim::emu::sys
