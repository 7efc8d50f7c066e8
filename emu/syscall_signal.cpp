// Signal dispositions, masks, and signals the process sends itself.
#include <signal.h>
#include <unistd.h>

#include "emu/signal_frame.h"
#include "emu/syscalls.h"

namespace m2sim::emu {

DefaultAction default_action(int signal) {
  switch (signal) {
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH:
      return DefaultAction::kIgnore;
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
      return DefaultAction::kStop;
    default:
      return DefaultAction::kTerminate;
  }
}

namespace sys {

namespace {

constexpr std::uint64_t kSetSize = 8;  // bytes of the kernel's sigset_t

constexpr std::uint64_t bit(int signal) { return std::uint64_t{1} << static_cast<unsigned>(signal - 1); }
constexpr std::uint64_t kNeverBlocked = bit(SIGKILL) | bit(SIGSTOP);

}  // namespace

std::int64_t rt_sigaction(Kernel& kernel, const Args& args) {
  const int signal = args.i32(0);
  if (args[3] != kSetSize || signal < 1 || signal > kSignalCount) return -EINVAL;
  GuestSigaction& action = kernel.signals.actions[static_cast<std::size_t>(signal)];
  const GuestSigaction old = action;
  if (args[1] != 0) {
    if (signal == SIGKILL || signal == SIGSTOP) return -EINVAL;
    GuestSigaction wanted;
    if (!kernel.memory.read_value(args[1], wanted)) return -EFAULT;
    action = wanted;
  }
  return args[2] == 0 || kernel.memory.write_value(args[2], old) ? 0 : -EFAULT;
}

std::int64_t rt_sigprocmask(Kernel& kernel, const Args& args) {
  if (args[3] != kSetSize) return -EINVAL;
  const std::uint64_t old = kernel.signals.blocked;
  if (args[1] != 0) {
    std::uint64_t set = 0;
    if (!kernel.memory.read_value(args[1], set)) return -EFAULT;
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
    kernel.signals.blocked = blocked & ~kNeverBlocked;
  }
  return args[2] == 0 || kernel.memory.write_value(args[2], old) ? 0 : -EFAULT;
}

std::int64_t rt_sigpending(Kernel& kernel, const Args& args) {
  if (args[1] > kSetSize) return -EINVAL;
  return kernel.memory.write(args[0], &kernel.signals.pending, args[1]) ? 0 : -EFAULT;
}

std::int64_t rt_sigreturn(Kernel& kernel, const Args& /*args*/) {
  if (!restore_from_frame(kernel, *kernel.cpu)) kernel.end = {GuestEnd::Kind::kSignalled, 0, SIGSEGV};
  return static_cast<std::int64_t>(kernel.cpu->x[0]);
}

std::int64_t sigaltstack(Kernel& kernel, const Args& args) {
  constexpr std::int32_t kDisable = 2;
  constexpr std::uint64_t kSmallest = 5120;  // arm64 MINSIGSTKSZ
  const GuestSigaltstack old = kernel.signals.alternate;
  if (args[0] != 0) {
    GuestSigaltstack wanted;
    if (!kernel.memory.read_value(args[0], wanted)) return -EFAULT;
    if (wanted.flags != 0 && wanted.flags != kDisable) return -EINVAL;
    if (wanted.flags == 0 && wanted.size < kSmallest) return -ENOMEM;
    kernel.signals.alternate = wanted;
  }
  return args[1] == 0 || kernel.memory.write_value(args[1], old) ? 0 : -EFAULT;
}

// To the guest itself the signal goes through its own actions; others are the host's business.
std::int64_t kill(Kernel& kernel, const Args& args) {
  const int signal = args.i32(1);
  if (signal < 0 || signal > kSignalCount) return -EINVAL;
  if (args.i32(0) != ::getpid()) return result_of(::kill(args.i32(0), signal));
  if (signal != 0) raise_signal(kernel, {signal, SI_USER, 0});
  return 0;
}

std::int64_t tgkill(Kernel& kernel, const Args& args) {
  const int signal = args.i32(2);
  if (args.i32(0) <= 0 || args.i32(1) <= 0 || signal < 0 || signal > kSignalCount) return -EINVAL;
  if (args.i32(0) != ::getpid() || args.i32(1) != ::getpid()) return -ESRCH;
  if (signal != 0) raise_signal(kernel, {signal, SI_TKILL, 0});
  return 0;
}

std::int64_t tkill(Kernel& kernel, const Args& args) {
  return tgkill(kernel, {{static_cast<std::uint64_t>(::getpid()), args[0], args[1], 0, 0, 0}});
}

}  // namespace sys

}  // namespace m2sim::emu
