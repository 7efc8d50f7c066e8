#include "emu/linux/tracing.h"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <utility>

#include "emu/linux/kernel.h"
#include "emu/linux/process.h"
#include "emu/linux/signal_frame.h"

namespace m2sim::emu {

namespace {

constexpr std::uint64_t kExitCall = 93;
constexpr std::uint64_t kExitGroupCall = 94;
constexpr int kEventShift = 8;

// Its id and user, as siginfo_t has them.
std::uint64_t sender(const Task& task) {
  return static_cast<std::uint32_t>(task.id) | std::uint64_t{task.process->credentials.user().real} << 32U;
}

void tell(Kernel& kernel, Process& tracer, const Task& task, int code, int status) {
  for (const auto& task : kernel.tasks()) {
    if (task->process == &tracer && task->wait.for_child) task->wait.woken = true;
  }
  constexpr std::uint64_t kNoStopNews = 1;  // SA_NOCLDSTOP
  const GuestSigaction& action = tracer.actions[SIGCHLD];
  if (code == CLD_TRAPPED && (action.handler == kIgnore || (action.flags & kNoStopNews) != 0)) return;
  const std::uint64_t who = sender(task);
  kernel.post(tracer, {SIGCHLD, code, {who, static_cast<std::uint32_t>(status), 0}});
}

bool stand(Kernel& kernel, Task& task, Tracing::Stop stop, int status, std::optional<SignalInfo> info) {
  Tracing& tracing = *task.tracing;
  tracing.stop = stop;
  tracing.status = status;
  tracing.info = info;
  tracing.reported = tracing.listens = false;
  tracing.resume = Tracing::Resume::kContinue;
  constexpr int kSignalMask = 0x7f;
  tell(kernel, *tracing.tracer->process, task, CLD_TRAPPED, status & kSignalMask);
  return false;
}

// The siginfo of a stop that no signal made.
SignalInfo notice(const Task& task, int signal, int code) { return {signal, code, {sender(task), 0, 0}}; }

bool is_killed(const Task& task) {
  return ((task.signals.queue.pending() | task.process->signals.pending()) & signal_bit(SIGKILL)) != 0;
}

constexpr int with_event(int signal, TraceEvent event) {
  return signal | static_cast<int>(event) << kEventShift;
}

}  // namespace

Task::Task(Process& owner, int tid, std::uint32_t dense) : process(&owner), id(tid), number(dense) {}
Task::~Task() = default;

bool is_stopped(const Task& task) {
  return task.process->stopped || (task.tracing != nullptr && task.tracing->stopped());
}

bool is_traced(const Kernel& kernel, const Process& process) {
  return std::any_of(kernel.tasks().begin(), kernel.tasks().end(), [&process](const auto& task) {
    return task->process == &process && task->tracing != nullptr;
  });
}

bool traced_by_parent(const Task& task) {
  return task.tracing != nullptr && task.tracing->tracer->process->pid == task.process->parent;
}

int wait_status(const GuestEnd& end) {
  return end.kind == GuestEnd::Kind::kExited ? end.status << kEventShift : end.signal;
}

void leave_trace_stops(Kernel& kernel, Process& process) {
  for (const auto& task : kernel.tasks()) {
    if (task->process != &process || task->tracing == nullptr) continue;
    task->tracing->stop = Tracing::Stop::kNone;
    task->tracing->given.reset();
    task->next = Task::Next::kUser;
  }
}

void trace(Task& task, Task& tracer, bool seized, std::uint32_t options) {
  task.tracing = std::make_unique<Tracing>();
  task.tracing->tracer = &tracer;
  task.tracing->seized = seized;
  task.tracing->options = options;
}

void trace_new(Task& child, const Task& maker) {
  const Tracing& its = *maker.tracing;
  trace(child, *its.tracer, its.seized, its.options);
  if (its.seized) {
    child.tracing->trap = true;
  } else {
    child.signals.queue.add({SIGSTOP, SI_USER, {}});
  }
}

void stop_tracing(Task& task) {
  if (task.tracing->given) task.signals.queue.add(*task.tracing->given);
  task.tracing.reset();
}

void end_tracing(Kernel& kernel, Task& task, int status) {
  for (const auto& other : kernel.tasks()) {
    if (other->tracing == nullptr || other->tracing->tracer != &task) continue;
    const bool kill = (other->tracing->options & Tracing::kExitKill) != 0;
    stop_tracing(*other);
    if (kill && other->process != task.process) kernel.post(*other->process, {SIGKILL, SI_KERNEL, {}});
  }
  if (!task.process->running()) {
    std::erase_if(kernel.ended_tracees,
                  [&task](const EndedTracee& ended) { return ended.tracer == task.process->pid; });
  }
  if (task.tracing == nullptr) return;
  Process& tracer = *task.tracing->tracer->process;
  const bool leader = task.id == task.process->pid;
  // A leader's end is that of its process; its parent learns of it in any case.
  const bool tells = leader ? !task.process->running() && !traced_by_parent(task) : true;
  stop_tracing(task);
  if (!tells || !tracer.running()) return;
  kernel.ended_tracees.push_back(
      {tracer.pid, task.id, task.process->group, task.process->credentials.user().real, status});
  const bool exited = WIFEXITED(status);
  if (leader) {
    tell(kernel, tracer, task, exited ? CLD_EXITED : CLD_KILLED,
         exited ? WEXITSTATUS(status) : WTERMSIG(status));
  }
  for (const auto& other : kernel.tasks()) {
    if (other->process == &tracer && other->wait.for_child) other->wait.woken = true;
  }
}

bool stop_at_signal(Kernel& kernel, Task& task, const SignalInfo& info) {
  return stand(kernel, task, Tracing::Stop::kSignal, info.signal, info);
}

bool stop_at_event(Kernel& kernel, Task& task, TraceEvent event, std::uint64_t message) {
  const int status = with_event(SIGTRAP, event);
  task.tracing->message = message;
  return stand(kernel, task, Tracing::Stop::kEvent, status, notice(task, SIGTRAP, status));
}

bool stop_at_call(Kernel& kernel, Task& task, Tracing::Stop stop) {
  constexpr int kGood = 0x80;
  const int status = SIGTRAP | ((task.tracing->options & Tracing::kSysGood) != 0 ? kGood : 0);
  task.tracing->message = stop == Tracing::Stop::kCallEntry ? 1 : 2;
  return stand(kernel, task, stop, status, notice(task, SIGTRAP, status));
}

bool stop_with_group(Kernel& kernel, Task& task, int signal) {
  if (!task.tracing->seized) return stand(kernel, task, Tracing::Stop::kGroup, signal, std::nullopt);
  const int status = with_event(signal, TraceEvent::kStop);
  return stand(kernel, task, Tracing::Stop::kGroup, status, notice(task, signal, status));
}

bool stop_at_trap(Kernel& kernel, Task& task) {
  task.tracing->trap = false;
  if (task.process->stopped) return stop_with_group(kernel, task, SIGSTOP);
  const int status = with_event(SIGTRAP, TraceEvent::kStop);
  return stand(kernel, task, Tracing::Stop::kEvent, status, notice(task, SIGTRAP, status));
}

bool stop_in_handler(Kernel& kernel, Task& task) {
  return stand(kernel, task, Tracing::Stop::kEvent, SIGTRAP, notice(task, SIGTRAP, SIGTRAP));
}

std::optional<SignalInfo> next_traced_signal(Kernel& kernel, Task& task, bool& stopped) {
  Tracing& tracing = *task.tracing;
  stopped = false;
  SignalQueue& own = task.signals.queue;
  SignalQueue& shared = task.process->signals;
  // Nothing comes before the one that nobody can keep off.
  std::optional<SignalInfo> info = own.take(signal_bit(SIGKILL));
  if (!info) info = shared.take(signal_bit(SIGKILL));
  if (info) return info;
  if (tracing.given) {
    info = std::exchange(tracing.given, std::nullopt);
    if ((task.signals.blocked & signal_bit(info->signal)) == 0) return info;
    own.add(*info);
  }
  stopped = true;
  if (tracing.trap) {
    stop_at_trap(kernel, task);
    return std::nullopt;
  }
  const std::uint64_t ready = ~task.signals.blocked;
  info = own.take(ready);
  if (!info) info = shared.take(ready);
  if (info) {
    Kernel::signal_taken(*task.process, *info);
    stop_at_signal(kernel, task, *info);
  }
  stopped = info.has_value();
  return std::nullopt;
}

bool stops_before_call(Kernel& kernel, Task& task) {
  if (task.tracing->resume != Tracing::Resume::kSystemCall || is_killed(task)) return false;
  task.next = Task::Next::kCall;
  task.tracing->entry_told = true;
  stop_at_call(kernel, task, Tracing::Stop::kCallEntry);
  return true;
}

// On Linux the stop that found it waiting there has ended the call, which now begins again.
bool stops_again_in_call(Kernel& kernel, Task& task) {
  Tracing& tracing = *task.tracing;
  const bool waits = task.state == Task::State::kWaiting && !task.wait.deaf;
  if (!waits || tracing.entry_told || tracing.given || tracing.resume != Tracing::Resume::kSystemCall)
    return false;
  tracing.entry_told = true;
  stop_at_call(kernel, task, Tracing::Stop::kCallEntry);
  return true;
}

bool stops_behind_call(Kernel& kernel, Task& task) {
  Tracing& tracing = *task.tracing;
  if (is_killed(task)) return false;
  tracing.entry_told = false;
  if (tracing.event != TraceEvent::kNone) {
    task.next = Task::Next::kCallEnd;
    stop_at_event(kernel, task, std::exchange(tracing.event, TraceEvent::kNone), tracing.event_message);
  } else if (tracing.resume == Tracing::Resume::kSystemCall) {
    stop_at_call(kernel, task, Tracing::Stop::kCallExit);
  } else if (tracing.resume == Tracing::Resume::kStep) {
    stop_at_signal(kernel, task, {SIGTRAP, TRAP_TRACE, {task.cpu.pc, 0, 0}});
  } else {
    return false;
  }
  return true;
}

bool stops_before_restart(Kernel& kernel, Task& task) {
  constexpr std::int64_t kRestarts = -512;  // ERESTARTSYS, which only tracers see
  if (task.tracing->resume != Tracing::Resume::kSystemCall || is_killed(task)) return false;
  task.cpu.x[0] = static_cast<std::uint64_t>(kRestarts);
  task.next = Task::Next::kRestart;
  task.tracing->entry_told = false;
  stop_at_call(kernel, task, Tracing::Stop::kCallExit);
  return true;
}

bool stops_in_wait(Kernel& kernel, Task& task) {
  Tracing& tracing = *task.tracing;
  if (tracing.event == TraceEvent::kNone) return false;
  stop_at_event(kernel, task, std::exchange(tracing.event, TraceEvent::kNone), tracing.event_message);
  return true;
}

bool stops_before_exit(Kernel& kernel, Task& task) {
  Tracing& tracing = *task.tracing;
  const bool ends = task.call == kExitCall || task.call == kExitGroupCall;
  if (!ends || tracing.exit_told || !tracing.wants(TraceEvent::kExit)) return false;
  tracing.exit_told = true;
  task.next = Task::Next::kPerform;
  stop_at_event(kernel, task, TraceEvent::kExit, (task.args[0] & 0xffU) << kEventShift);
  return true;
}

bool stops_before_death(Kernel& kernel, Task& task, const SignalInfo& info) {
  Tracing& tracing = *task.tracing;
  if (info.signal == SIGKILL || tracing.exit_told || !tracing.wants(TraceEvent::kExit)) return false;
  tracing.exit_told = true;
  tracing.given = info;
  stop_at_event(kernel, task, TraceEvent::kExit, static_cast<std::uint64_t>(info.signal));
  return true;
}

void note_event(Task& task, TraceEvent event, std::uint64_t message) {
  if (task.tracing == nullptr || !task.tracing->wants(event)) return;
  task.tracing->event = event;
  task.tracing->event_message = message;
}

bool Kernel::step_done(Task& task) {
  return deliver_fault_signal(*this, task, {SIGTRAP, TRAP_TRACE, {task.cpu.pc, 0, 0}});
}

bool Kernel::go_on_traced(Task& task) {
  const Task::Next next = std::exchange(task.next, Task::Next::kUser);
  const auto& x = task.cpu.x;
  switch (next) {
    case Task::Next::kCall:
    case Task::Next::kPerform:
      task.args = {{x[0], x[1], x[2], x[3], x[4], x[5]}};
      // The tracer may have taken the call away: the result is what x0 holds.
      if (static_cast<std::uint32_t>(task.call) == UINT32_MAX) {
        if (task.tracing != nullptr && stops_behind_call(*this, task)) return false;
        return leave_call(task);
      }
      return next == Task::Next::kCall ? admit(task) : perform(task);
    case Task::Next::kCallEnd:
      if (task.tracing != nullptr && stops_behind_call(*this, task)) return false;
      return leave_call(task);
    case Task::Next::kRestart:
      task.cpu.x[0] = task.args[0];
      task.cpu.pc -= 4;
      return leave_call(task);
    case Task::Next::kUser:
      break;
  }
  return leave_call(task);
}

// A signal finds it waiting. It stops for its tracer as it is, and waits on behind that; but a handler, or
// its end, interrupts the call as ever.
bool Kernel::interrupt_traced(Task& task) {
  Tracing& tracing = *task.tracing;
  const std::uint64_t pending = task.signals.queue.pending() | task.process->signals.pending();
  const std::uint64_t ready = pending & ~task.signals.blocked;
  const bool killed = (ready & signal_bit(SIGKILL)) != 0;
  const bool handled =
      tracing.given &&
      task.process->actions[static_cast<std::size_t>(tracing.given->signal)].handler > kIgnore;
  // What it waits for has come with the signal, as a child's end does: that first.
  if (!tracing.given && task.wait.woken && !killed) return perform(task);
  // A call that takes blocked signals itself has no stop for them.
  const bool for_call = !tracing.given && !tracing.trap && ready == 0;
  if (killed || handled || for_call) return interrupt(task);
  deliver_signals(*this, task);
  return false;
}

}  // namespace m2sim::emu
