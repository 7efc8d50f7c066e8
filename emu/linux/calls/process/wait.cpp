// Waiting for child processes.
#include <signal.h>
#include <sys/wait.h>

#include <array>
#include <climits>

#include "emu/linux/calls/process/pidfd.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/linux/calls/timespec.h"
#include "emu/linux/tracing.h"

namespace m2sim::emu::sys {

namespace {

// Which children and traced threads, and which of their changes.
struct Wanted {
  enum class Who : std::uint8_t { kAny, kProcess, kGroup };
  Who who;
  int id;
  bool ended;
  bool stopped;
  bool continued;
  const Task* tracer = nullptr;  // whose tracees; null: those of any thread
};

bool matches(int id, int group, const Wanted& wanted) {
  switch (wanted.who) {
    case Wanted::Who::kProcess:
      return id == wanted.id;
    case Wanted::Who::kGroup:
      return group == wanted.id;
    default:
      return true;
  }
}

bool has_news(const Process& child, const Wanted& wanted) {
  if (!child.running()) return wanted.ended;
  if (child.stop_to_report == 0) return false;
  return child.stop_to_report == SIGCONT ? wanted.continued : wanted.stopped;
}

// At most one of these is there.
struct Found {
  Process* child = nullptr;            // with news
  Task* tracee = nullptr;              // in a stop
  const EndedTracee* ended = nullptr;  // a traced thread, or another's child
  bool any = false;                    // there is something to wait for

  bool news() const { return child != nullptr || tracee != nullptr || ended != nullptr; }
};

void find_tracee(const Process& caller, const Wanted& wanted, Found& found) {
  for (const EndedTracee& ended : caller.kernel.ended_tracees) {
    if (ended.tracer != caller.pid || !matches(ended.id, ended.group, wanted)) continue;
    found.any = true;
    if (!found.news() && wanted.ended) found.ended = &ended;
  }
  for (const auto& task : caller.kernel.tasks()) {
    const Tracing* tracing = task->tracing.get();
    if (tracing == nullptr || tracing->tracer->process != &caller) continue;
    if (wanted.tracer != nullptr && tracing->tracer != wanted.tracer) continue;
    if (!matches(task->id, task->process->group, wanted)) continue;
    found.any = true;
    if (!found.news() && tracing->stopped() && !tracing->reported && !tracing->listens)
      found.tracee = task.get();
  }
}

Found find(const Process& caller, const Wanted& wanted) {
  Found found;
  find_tracee(caller, wanted, found);
  for (const auto& process : caller.kernel.processes()) {
    if (process->parent != caller.pid || !matches(process->pid, process->group, wanted)) continue;
    found.any = true;
    if (!found.news() && has_news(*process, wanted)) found.child = process.get();
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

void told(Process& process, const Found& found, bool keep) {
  if (keep) return;
  if (found.tracee != nullptr) {
    found.tracee->tracing->reported = true;
  } else if (found.ended != nullptr) {
    auto& all = process.kernel.ended_tracees;
    all.erase(all.begin() + (found.ended - all.data()));
  } else if (found.child->running()) {
    found.child->stop_to_report = 0;
  } else {
    process.children_time += found.child->processor_time + found.child->children_time;
    process.kernel.forget_process(*found.child);
  }
}

constexpr int kStopped = 0x7f;

int status_word(const Found& found) {
  if (found.tracee != nullptr) return found.tracee->tracing->status << 8 | kStopped;
  if (found.ended != nullptr) return found.ended->status;
  const Process& child = *found.child;
  if (!child.running()) return wait_status(child.end);
  constexpr int kContinued = 0xffff;
  return child.stop_to_report == SIGCONT ? kContinued : child.stop_to_report << 8 | kStopped;
}

int id_of(const Found& found) {
  if (found.tracee != nullptr) return found.tracee->id;
  return found.ended != nullptr ? found.ended->id : found.child->pid;
}

std::uint32_t user_of(const Found& found) {
  if (found.ended != nullptr) return found.ended->user;
  const Process& process = found.tracee != nullptr ? *found.tracee->process : *found.child;
  return process.credentials.user().real;
}

// As siginfo_t says it: what has happened, and the status or signal of it.
struct Change {
  int code;
  int status;
};

Change change_of(const Found& found) {
  const int word = status_word(found);
  if (found.tracee != nullptr) return {CLD_TRAPPED, found.tracee->tracing->status};
  if (WIFEXITED(word)) return {CLD_EXITED, WEXITSTATUS(word)};
  if (WIFSIGNALED(word)) return {CLD_KILLED, WTERMSIG(word)};
  return {WIFCONTINUED(word) ? CLD_CONTINUED : CLD_STOPPED, found.child->stop_to_report};
}

// The time that a child took with those that it has waited for.
std::int64_t write_usage(Process& process, const Found& found, std::uint64_t at) {
  std::array<std::uint64_t, 18> usage{};  // struct rusage: two timevals, fourteen counts
  if (found.child != nullptr) {
    const std::uint64_t time = found.child->processor_time + found.child->children_time;
    usage[0] = time / kNanosecondsPerSecond;
    usage[1] = time % kNanosecondsPerSecond / 1000;
  }
  return at == 0 || process.memory().write_value(at, usage) ? 0 : -EFAULT;
}

}  // namespace

std::int64_t wait4(Process& process, const Args& args) {
  const int pid = args.i32(0);
  const int options = args.i32(2);
  constexpr std::uint32_t kKnown =
      std::uint32_t{WNOHANG | WUNTRACED | WCONTINUED} | __WALL | __WCLONE | __WNOTHREAD;
  if ((args.u32(2) & ~kKnown) != 0) return -EINVAL;
  if (pid == INT_MIN) return -ESRCH;  // the group of that number cannot be
  Wanted wanted{Wanted::Who::kAny, pid, true, (options & WUNTRACED) != 0, (options & WCONTINUED) != 0};
  if (pid > 0) wanted.who = Wanted::Who::kProcess;
  if (pid == 0 || pid < -1) wanted.who = Wanted::Who::kGroup;
  if (wanted.who == Wanted::Who::kGroup) wanted.id = pid == 0 ? process.group : -pid;
  if ((args.u32(2) & __WNOTHREAD) != 0) wanted.tracer = process.task;
  const Found found = find(process, wanted);
  if (!found.news()) return without_news(process, found, (options & WNOHANG) == 0);
  if (args[1] != 0 && !process.memory().write_value(args[1], status_word(found))) return -EFAULT;
  if (const std::int64_t error = write_usage(process, found, args[3]); error != 0) return error;
  const int id = id_of(found);
  told(process, found, false);
  return id;
}

std::int64_t waitid(Process& process, const Args& args) {
  const int options = args.i32(3);
  constexpr std::uint32_t kKnown =
      std::uint32_t{WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED} | __WALL | __WCLONE | __WNOTHREAD;
  if ((args.u32(3) & ~kKnown) != 0) return -EINVAL;
  if ((options & (WEXITED | WSTOPPED | WCONTINUED)) == 0) return -EINVAL;
  if (args.u32(0) > P_PIDFD) return -EINVAL;
  // Only "my group" is 0; nothing that is waited for is negative.
  const int least = args.u32(0) == P_PID ? 1 : 0;
  if (args.u32(0) != P_ALL && args.i32(1) < least) return -EINVAL;
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
  if ((args.u32(3) & __WNOTHREAD) != 0) wanted.tracer = process.task;
  const Found found = find(process, wanted);
  if (!found.news()) {
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
  if (found.news()) {
    const Change change = change_of(found);
    info.signal = SIGCHLD;
    info.code = change.code;
    info.pid = id_of(found);
    info.uid = user_of(found);
    info.status = change.status;
  }
  if (args[2] != 0 && !process.memory().write_value(args[2], info)) return -EFAULT;
  if (const std::int64_t error = write_usage(process, found, args[4]); error != 0) return error;
  if (found.news()) told(process, found, (options & WNOWAIT) != 0);
  return 0;
}

}  // namespace m2sim::emu::sys
