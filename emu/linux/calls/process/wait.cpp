// Waiting for child processes.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "emu/linux/calls/process/pidfd.h"
#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu::sys {

namespace {

// Which children, and which of their changes.
struct Wanted {
  enum class Who : std::uint8_t { kAny, kProcess, kGroup };
  Who who;
  int id;
  bool ended;
  bool stopped;
  bool continued;
};

bool matches(const Process& child, const Wanted& wanted) {
  switch (wanted.who) {
    case Wanted::Who::kProcess:
      return child.pid == wanted.id;
    case Wanted::Who::kGroup:
      return child.group == wanted.id;
    default:
      return true;
  }
}

bool has_news(const Process& child, const Wanted& wanted) {
  if (!child.running()) return wanted.ended;
  if (child.stop_to_report == 0) return false;
  return child.stop_to_report == SIGCONT ? wanted.continued : wanted.stopped;
}

struct Found {
  Process* child = nullptr;  // with news
  bool any = false;          // there are children to wait for
};

Found find(const Process& caller, const Wanted& wanted) {
  Found found;
  for (const auto& process : caller.kernel.processes()) {
    if (process->parent != caller.pid || !matches(*process, wanted)) continue;
    found.any = true;
    if (found.child == nullptr && has_news(*process, wanted)) found.child = process.get();
  }
  return found;
}

// Nothing has happened yet: what the call returns.
std::int64_t without_news(Process& process, const Found& found, bool may_wait) {
  if (!found.any) return -ECHILD;
  if (!may_wait) return 0;
  process.task->wait.for_child = true;
  return kBlocked;
}

void told(Process& process, Process& child, bool keep) {
  if (keep) return;
  if (child.running()) {
    child.stop_to_report = 0;
  } else {
    process.children_time += child.processor_time + child.children_time;
    process.kernel.forget_process(child);
  }
}

int status_word(const Process& child) {
  if (child.end.kind == GuestEnd::Kind::kExited) return child.end.status << 8;
  if (child.end.kind == GuestEnd::Kind::kSignalled) return child.end.signal;
  constexpr int kContinued = 0xffff;
  constexpr int kStopped = 0x7f;
  return child.stop_to_report == SIGCONT ? kContinued : child.stop_to_report << 8 | kStopped;
}

std::int64_t no_usage(Process& process, std::uint64_t at) {
  const std::array<std::uint64_t, 18> usage{};  // struct rusage; children's time is not kept apart
  return at == 0 || process.memory().write_value(at, usage) ? 0 : -EFAULT;
}

}  // namespace

std::int64_t wait4(Process& process, const Args& args) {
  const int pid = args.i32(0);
  const int options = args.i32(2);
  constexpr std::uint32_t kKnown =
      std::uint32_t{WNOHANG | WUNTRACED | WCONTINUED} | __WALL | __WCLONE | __WNOTHREAD;
  if ((args.u32(2) & ~kKnown) != 0) return -EINVAL;
  Wanted wanted{Wanted::Who::kAny, 0, true, (options & WUNTRACED) != 0, (options & WCONTINUED) != 0};
  if (pid > 0) wanted = {Wanted::Who::kProcess, pid, true, wanted.stopped, wanted.continued};
  if (pid == 0) wanted = {Wanted::Who::kGroup, process.group, true, wanted.stopped, wanted.continued};
  if (pid < -1) wanted = {Wanted::Who::kGroup, -pid, true, wanted.stopped, wanted.continued};
  const Found found = find(process, wanted);
  if (found.child == nullptr) return without_news(process, found, (options & WNOHANG) == 0);
  if (args[1] != 0 && !process.memory().write_value(args[1], status_word(*found.child))) return -EFAULT;
  if (const std::int64_t error = no_usage(process, args[3]); error != 0) return error;
  const int id = found.child->pid;
  told(process, *found.child, false);
  return id;
}

std::int64_t waitid(Process& process, const Args& args) {
  const int options = args.i32(3);
  if ((options & (WEXITED | WSTOPPED | WCONTINUED)) == 0) return -EINVAL;
  if (args.u32(0) > P_PIDFD) return -EINVAL;
  Wanted wanted{Wanted::Who::kAny, args.i32(1), (options & WEXITED) != 0, (options & WSTOPPED) != 0,
                (options & WCONTINUED) != 0};
  if (args.i32(0) == P_PID) wanted.who = Wanted::Who::kProcess;
  if (args.i32(0) == P_PGID) wanted.who = Wanted::Who::kGroup;
  if (wanted.who == Wanted::Who::kGroup && wanted.id == 0) wanted.id = process.group;
  bool may_wait = (options & WNOHANG) == 0;
  if (args.i32(0) == P_PIDFD) {
    const std::optional<int> pid = pid_of(process, args.i32(1));
    if (!pid) return -EBADF;
    wanted.who = Wanted::Who::kProcess;
    wanted.id = *pid;
    may_wait &= !process.fds->file(args.i32(1))->nonblocking;
  }
  const Found found = find(process, wanted);
  if (found.child == nullptr) {
    const std::int64_t result = without_news(process, found, may_wait);
    if (result != 0) return result;
    if ((options & WNOHANG) == 0) return -EAGAIN;
  }
  struct {
    std::int32_t signal = 0, error = 0, code = 0, padding = 0, pid = 0;
    std::uint32_t uid = 0;
    std::int32_t status = 0, padding2 = 0;
    std::array<std::uint64_t, 12> rest{};
  } info;
  if (found.child != nullptr) {
    const Process& child = *found.child;
    const bool exited = child.end.kind == GuestEnd::Kind::kExited;
    info.signal = SIGCHLD;
    info.pid = child.pid;
    info.uid = child.credentials.user().real;
    if (!child.running()) {
      info.code = exited ? CLD_EXITED : CLD_KILLED;
      info.status = exited ? child.end.status : child.end.signal;
    } else {
      info.code = child.stop_to_report == SIGCONT ? CLD_CONTINUED : CLD_STOPPED;
      info.status = child.stop_to_report;
    }
  }
  if (args[2] != 0 && !process.memory().write_value(args[2], info)) return -EFAULT;
  if (const std::int64_t error = no_usage(process, args[4]); error != 0) return error;
  if (found.child != nullptr) told(process, *found.child, (options & WNOWAIT) != 0);
  return 0;
}

}  // namespace m2sim::emu::sys
