// Signal dispositions, masks, and signals the process sends itself.
#include <signal.h>
#include <unistd.h>

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

}  // namespace sys

}  // namespace m2sim::emu
