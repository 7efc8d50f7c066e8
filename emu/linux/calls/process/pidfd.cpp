// Processes by descriptor, and what two of them share.
#include "emu/linux/calls/process/pidfd.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu {

std::int64_t make_pidfd(Process& process, int pid, bool nonblocking) {
  const int host = ::eventfd(0, EFD_CLOEXEC);
  if (host < 0) return -std::int64_t{errno};
  const int guest = process.fds->add(host, true, OpenFile::Kind::kInner, nonblocking, PidFile{pid});
  if (guest >= 0) process.kernel.watch_end(process.fds->file(guest));
  return guest;
}

std::optional<int> pid_of(const Process& process, int guest_fd) {
  const auto file = process.fds->file(guest_fd);
  const auto* state = file == nullptr ? nullptr : std::get_if<PidFile>(&file->special);
  return state == nullptr ? std::nullopt : std::optional(state->pid);
}

namespace sys {

std::int64_t pidfd_open(Process& process, const Args& args) {
  const int pid = args.i32(0);
  if ((args.u32(1) & ~static_cast<std::uint32_t>(O_NONBLOCK)) != 0 || pid <= 0) return -EINVAL;
  const Process* target = process.kernel.process(pid);
  if (target == nullptr) return process.kernel.task(pid) == nullptr ? -ESRCH : -EINVAL;
  const std::int64_t fd = make_pidfd(process, pid, args[1] != 0);
  if (!target->running()) process.kernel.tell_end(*target);
  return fd;
}

std::int64_t pidfd_send_signal(Process& process, const Args& args) {
  if (args.u32(3) != 0) return -EINVAL;
  const std::optional<int> pid = pid_of(process, args.i32(0));
  if (!pid) return -EBADF;
  if (args[2] == 0) return kill(process, {{static_cast<std::uint32_t>(*pid), args[1], 0, 0, 0, 0}});
  std::int32_t signal = 0;
  if (!process.memory().read_value(args[2], signal)) return -EFAULT;
  if (signal != args.i32(1)) return -EINVAL;
  return rt_sigqueueinfo(process, {{static_cast<std::uint32_t>(*pid), args[1], args[2], 0, 0, 0}});
}

std::int64_t pidfd_getfd(Process& process, const Args& args) {
  if (args.u32(2) != 0) return -EINVAL;
  const std::optional<int> pid = pid_of(process, args.i32(0));
  if (!pid) return -EBADF;
  const Process* target = process.kernel.process(*pid);
  if (target == nullptr || !target->running()) return -ESRCH;
  const auto file = target->fds->file(args.i32(1));
  return file == nullptr ? -EBADF : process.fds->add(file, true);
}

// Equal or not: in which order two things lie in a kernel, this one does not tell.
std::int64_t kcmp(Process& process, const Args& args) {
  enum Type : std::uint32_t { kFile, kMemory, kFiles, kDirectory, kHandlers, kInputOutput, kSemaphores };
  constexpr std::int64_t kUnordered = 3;
  const Process* first = process.kernel.process(args.i32(0));
  const Process* second = process.kernel.process(args.i32(1));
  if (first == nullptr || second == nullptr || !first->running() || !second->running()) return -ESRCH;
  bool equal = first == second;
  switch (args.u32(2)) {
    case kFile: {
      const auto a = first->fds->file(args.i32(3));
      const auto b = second->fds->file(args.i32(4));
      if (a == nullptr || b == nullptr) return -EBADF;
      equal = a == b;
      break;
    }
    case kMemory:
      equal = first->space == second->space;
      break;
    case kFiles:
      equal = first->fds == second->fds;
      break;
    case kDirectory:
    case kHandlers:
    case kInputOutput:
    case kSemaphores:
      break;  // shared by the threads of a process alone
    default:
      return -EINVAL;
  }
  return equal ? 0 : kUnordered;
}

}  // namespace sys

}  // namespace m2sim::emu
