// New threads and processes.
#include <sched.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <system_error>

#include "emu/linux/calls/process/pidfd.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/linux/files/proc_text.h"
#include "emu/linux/tracing.h"

namespace m2sim::emu::sys {

namespace {

struct CloneRequest {
  std::uint64_t flags;
  std::uint64_t stack;  // initial stack pointer; 0: the caller's
  std::uint64_t parent_tid;
  std::uint64_t child_tid;
  std::uint64_t tls;
  std::uint64_t pidfd = 0;  // where its descriptor goes
  std::uint64_t exit_signal = 0;
};

// Flags of clone3 alone.
constexpr std::uint64_t kNewTime = 0x80;
constexpr std::uint64_t kClearHandlers = 0x100000000;
constexpr std::uint64_t kIntoCgroup = 0x200000000;

// There are no namespaces.
constexpr std::uint64_t kRefused = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
                                   CLONE_NEWNET | CLONE_NEWCGROUP | kNewTime;

bool has(std::uint64_t flags, std::uint64_t flag) { return (flags & flag) != 0; }

std::int64_t check(std::uint64_t flags) {
  if (has(flags, CLONE_FS) && has(flags, CLONE_NEWNS | CLONE_NEWUSER)) return -EINVAL;
  if (has(flags, CLONE_PIDFD) && has(flags, CLONE_THREAD | CLONE_DETACHED)) return -EINVAL;
  if (has(flags, CLONE_THREAD) && !has(flags, CLONE_SIGHAND)) return -EINVAL;
  if (has(flags, CLONE_SIGHAND) && !has(flags, CLONE_VM)) return -EINVAL;
  return has(flags, kRefused) ? -EPERM : 0;
}

Scheduling scheduling_of_child(const Scheduling& caller) {
  Scheduling child = caller;
  if (!caller.reset_on_fork) return child;
  if (child.priority != 0) child.policy = child.priority = 0;
  child.nice = std::max(child.nice, 0);
  child.reset_on_fork = false;
  return child;
}

void tell_tracer(const CloneRequest& request, Task& maker, Task& child) {
  if (maker.tracing == nullptr || has(request.flags, CLONE_UNTRACED)) return;
  const TraceEvent event = has(request.flags, CLONE_VFORK)  ? TraceEvent::kVfork
                           : request.exit_signal == SIGCHLD ? TraceEvent::kFork
                                                            : TraceEvent::kClone;
  if (maker.tracing->wants(event) || has(request.flags, CLONE_PTRACE)) trace_new(child, maker);
  note_event(maker, event, static_cast<std::uint64_t>(child.id));
}

Task& start(Process& parent, Process& process, const CloneRequest& request) {
  const Task& caller = *parent.task;
  Task& child = parent.kernel.add_task(process);
  child.cpu = caller.cpu;
  child.cpu.x[0] = 0;
  if (request.stack != 0) child.cpu.x[kSpSlot] = request.stack;
  if (has(request.flags, CLONE_SETTLS)) child.cpu.tpidr_el0 = request.tls;
  child.cpu.exclusive_address = UINT64_MAX;
  child.signals.blocked = caller.signals.blocked;
  child.seccomp = caller.seccomp;
  child.strict = caller.strict;
  child.scheduling = scheduling_of_child(caller.scheduling);
  child.name = parent.comm_of(&caller);
  // A thread does not begin on its creator's alternate stack; vfork's child borrows the whole thread.
  if (!has(request.flags, CLONE_VM) || has(request.flags, CLONE_VFORK)) {
    child.signals.alternate = caller.signals.alternate;
  }
  if (has(request.flags, CLONE_CHILD_CLEARTID)) child.clear_tid = request.child_tid;
  if (has(request.flags, CLONE_PARENT_SETTID)) parent.memory().write_value(request.parent_tid, child.id);
  if (has(request.flags, CLONE_CHILD_SETTID)) process.memory().write_value(request.child_tid, child.id);
  tell_tracer(request, *parent.task, child);
  return child;
}

std::int64_t new_process(Process& caller, const CloneRequest& request) {
  Kernel& kernel = caller.kernel;
  const bool vfork = has(request.flags, CLONE_VFORK);
  std::unique_ptr<Process> made;
  try {
    made = std::make_unique<Process>(caller, kernel.next_id(), has(request.flags, CLONE_VM),
                                     has(request.flags, CLONE_FILES));
  } catch (const std::system_error&) {
    return -EAGAIN;
  }
  if (has(request.flags, CLONE_PARENT)) made->parent = caller.parent;
  if (has(request.flags, kClearHandlers)) forget_handlers(made->actions);
  if (vfork) made->vfork_parent = caller.task;
  if (has(request.flags, CLONE_PIDFD)) {
    const std::int64_t fd = make_pidfd(caller, made->pid, false);
    if (fd < 0) return fd;
    if (!caller.memory().write_value(request.pidfd, static_cast<std::int32_t>(fd))) return -EFAULT;
  }
  Process& process = kernel.add_process(std::move(made));
  start(caller, process, request);
  if (!vfork) return process.pid;
  Wait& wait = caller.task->wait;
  wait.deaf = true;
  wait.progress = static_cast<std::uint64_t>(process.pid);
  return kBlocked;
}

std::int64_t do_clone(Process& process, const CloneRequest& request) {
  const Wait& wait = process.task->wait;
  if (wait.again) {  // of vfork: the child has ended, or left this memory
    const Process* child = process.kernel.process(static_cast<int>(wait.progress));
    const bool still = child != nullptr && child->vfork_parent == process.task;
    if (still) return kBlocked;
    note_event(*process.task, TraceEvent::kVforkDone, wait.progress);
    return static_cast<std::int64_t>(wait.progress);
  }
  if (const std::int64_t error = check(request.flags); error != 0) return error;
  const std::uint64_t most = process.limits[Resource::kProcesses].soft;
  const auto of_user = std::count_if(
      process.kernel.tasks().begin(), process.kernel.tasks().end(), [&process](const auto& task) {
        // Of one that has ended, the process may be gone.
        return task->state != Task::State::kEnded &&
               task->process->credentials.user().real == process.credentials.user().real;
      });
  const bool limited = !process.credentials.may(Capability::kSysResource) &&
                       !process.credentials.may(Capability::kSysAdmin) &&
                       process.credentials.user().real != 0;
  if (static_cast<std::uint64_t>(of_user) >= most && limited) return -EAGAIN;
  if (!has(request.flags, CLONE_THREAD)) return new_process(process, request);
  return start(process, process, request).id;
}

// struct clone_args as far as it is known; later versions only append.
struct CloneArguments {
  std::uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
  std::uint64_t wanted_at, wanted_count;  // numbers for the child
  std::uint64_t cgroup;
};

std::int64_t read_arguments(const Process& process, const Args& args, CloneArguments& given) {
  constexpr std::uint64_t kFirstVersion = 64;
  constexpr std::uint64_t kMost = kGuestPage;
  const std::uint64_t size = args[1];
  if (size > kMost) return -E2BIG;
  if (size < kFirstVersion) return -EINVAL;
  std::array<std::byte, kMost> bytes{};
  if (!process.memory().read(args[0], bytes.data(), size)) return -EFAULT;
  std::memcpy(&given, bytes.data(), sizeof(given));
  const auto unknown = bytes.begin() + sizeof(given);
  if (std::any_of(unknown, bytes.end(), [](std::byte byte) { return byte != std::byte{}; })) return -E2BIG;
  return has(given.flags, kIntoCgroup) && size < sizeof(given) ? -EINVAL : 0;
}

std::int64_t check_arguments(const CloneArguments& given) {
  constexpr std::uint64_t kMostWanted = 32;  // namespaces within each other
  constexpr std::uint64_t kKnown = 0xffffffff | kClearHandlers | kIntoCgroup;
  if (given.wanted_count > kMostWanted || (given.wanted_at == 0) != (given.wanted_count == 0)) return -EINVAL;
  if (given.exit_signal > kSignalCount) return -EINVAL;
  if (has(given.flags, kIntoCgroup) && given.cgroup > INT32_MAX) return -EINVAL;
  if (has(given.flags, ~kKnown | CLONE_DETACHED | (CSIGNAL & ~kNewTime))) return -EINVAL;
  if (has(given.flags, CLONE_SIGHAND) && has(given.flags, kClearHandlers)) return -EINVAL;
  if (given.exit_signal != 0 && has(given.flags, CLONE_THREAD | CLONE_PARENT)) return -EINVAL;
  return (given.stack == 0) != (given.stack_size == 0) ? -EINVAL : 0;
}

// A child gets the next number, and none that it wants: as one without rights is told.
std::int64_t refuse_wanted(const Process& process, const CloneArguments& given) {
  std::int32_t wanted = 0;
  if (given.wanted_count == 0) return 0;
  if (!process.memory().read_value(given.wanted_at, wanted)) return -EFAULT;
  const auto most = static_cast<std::int32_t>(machine::kMostProcessId);
  if (given.wanted_count > 1 || wanted < 1 || wanted >= most) return -EINVAL;
  if (!process.credentials.may(Capability::kSysAdmin)) return -EPERM;
  const bool taken = process.kernel.process(wanted) != nullptr || process.kernel.task(wanted) != nullptr;
  return taken ? -EEXIST : -EPERM;
}

}  // namespace

std::int64_t clone(Process& process, const Args& args) {
  constexpr std::uint64_t kExitSignal = 0xff;  // the lowest byte; SIGCHLD whatever it says
  // Both are written to the same place, so only one of them can be asked for.
  if (has(args[0], CLONE_PIDFD) && has(args[0], CLONE_PARENT_SETTID)) return -EINVAL;
  return do_clone(
      process, {args[0] & ~kExitSignal, args[1], args[2], args[4], args[3], args[2], args[0] & kExitSignal});
}

std::int64_t clone3(Process& process, const Args& args) {
  if (process.task->wait.again) return do_clone(process, {});  // vfork's child may have changed the arguments
  CloneArguments given{};
  if (const std::int64_t error = read_arguments(process, args, given); error != 0) return error;
  if (const std::int64_t error = check_arguments(given); error != 0) return error;
  if (const std::int64_t error = check(given.flags); error != 0) return error;
  if (const std::int64_t error = refuse_wanted(process, given); error != 0) return error;
  if (has(given.flags, kIntoCgroup)) return -EBADF;  // no descriptor is of one: there are none
  return do_clone(process, {given.flags, given.stack + given.stack_size, given.parent_tid, given.child_tid,
                            given.tls, given.pidfd, given.exit_signal});
}

}  // namespace m2sim::emu::sys
