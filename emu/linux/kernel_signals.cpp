// Signals between processes: who gets them, and what becomes of the process.
#include <signal.h>

#include <algorithm>
#include <vector>

#include "emu/linux/kernel.h"
#include "emu/linux/process.h"
#include "emu/linux/signal_frame.h"
#include "emu/linux/tracing.h"

namespace m2sim::emu {

namespace {

constexpr std::uint64_t kStopSignals =
    signal_bit(SIGSTOP) | signal_bit(SIGTSTP) | signal_bit(SIGTTIN) | signal_bit(SIGTTOU);
constexpr std::uint64_t kNoStopNews = 1;  // SA_NOCLDSTOP
constexpr std::uint64_t kNoWait = 2;      // SA_NOCLDWAIT

bool ignored(const Process& process, int signal) {
  const std::uint64_t handler = process.actions[static_cast<std::size_t>(signal)].handler;
  return handler == kIgnore || (handler == 0 && default_action(signal) == DefaultAction::kIgnore);
}

// What a signal does to the process before anybody takes it.
void prepare(Kernel& kernel, Process& process, int signal) {
  if (signal == SIGCONT || signal == SIGKILL) kernel.resume(process);
  if (signal == SIGKILL) leave_trace_stops(kernel, process);
  if (signal == SIGCONT) process.signals.drop(kStopSignals);
  if ((signal_bit(signal) & kStopSignals) != 0) process.signals.drop(signal_bit(SIGCONT));
}

}  // namespace

void Kernel::post(Process& process, const SignalInfo& info) {
  if (!process.running()) return;
  prepare(*this, process, info.signal);
  const bool blocked = std::any_of(tasks_.begin(), tasks_.end(), [&](const auto& task) {
    return task->process == &process && task->state != Task::State::kEnded &&
           (task->signals.blocked & signal_bit(info.signal)) != 0;
  });
  if (blocked || !ignored(process, info.signal) || is_traced(*this, process)) process.signals.add(info);
}

void Kernel::post(Task& task, const SignalInfo& info) {
  prepare(*this, *task.process, info.signal);
  const bool blocked = (task.signals.blocked & signal_bit(info.signal)) != 0;
  if (blocked || !ignored(*task.process, info.signal) || task.tracing != nullptr)
    task.signals.queue.add(info);
}

void Kernel::notify_parent(Process& process, int code, int status) {
  Process* parent = this->process(process.parent);
  const bool ended = !process.running();
  if (parent == nullptr || !parent->running()) {
    if (ended) process.parent = 0;
    return;
  }
  for (const auto& task : tasks_) {
    if (task->process == parent && task->wait.for_child) task->wait.woken = true;
  }
  const GuestSigaction& action = parent->actions[SIGCHLD];
  if (!ended && (action.flags & kNoStopNews) != 0) return;
  if (ended && (action.handler == kIgnore || (action.flags & kNoWait) != 0)) process.parent = 0;
  const std::uint64_t who =
      static_cast<std::uint32_t>(process.pid) | (std::uint64_t{process.credentials.user().real} << 32U);
  post(*parent, {SIGCHLD, code, {who, static_cast<std::uint32_t>(status), 0}});
}

bool Kernel::deliver_fault(Task& task, const Fault& fault) {
  task.cpu.pc = fault.pc;
  const bool known = task.process->memory().region_at(fault.address) != nullptr;
  return deliver_fault_signal(*this, task,
                              {signal_of(fault.kind),
                               signal_code_of(fault.kind, known),
                               {fault.address, 0, 0},
                               0,
                               syndrome_of(fault, known)});
}

void Kernel::resume(Process& process) {
  if (!process.stopped) return;
  process.stopped = false;
  process.stop_to_report = SIGCONT;
  for (const auto& task : tasks_) {
    if (task->process == &process && task->tracing != nullptr && task->tracing->listens) {
      stop_at_trap(*this, *task);
    }
  }
  notify_parent(process, CLD_CONTINUED, SIGCONT);
}

bool Kernel::send_from_outside(int signal) {
  std::vector<Process*> targets;
  for (const auto& process : processes_) {
    const bool meant = foreground_group == 0 ? process.get() == &first() : process->group == foreground_group;
    if (meant && process->running()) targets.push_back(process.get());
  }
  const std::uint64_t handler = first().actions[static_cast<std::size_t>(signal)].handler;
  const bool includes_first = std::find(targets.begin(), targets.end(), &first()) != targets.end();
  const bool awaited = std::any_of(tasks_.begin(), tasks_.end(), [&](const auto& task) {
    return task->process == &first() && (task->signals.blocked & signal_bit(signal)) != 0;
  });
  const bool ends = handler == 0 && !awaited && default_action(signal) == DefaultAction::kTerminate;
  if (targets.empty() || (includes_first && ends)) return false;
  for (Process* process : targets) post(*process, {signal, SI_USER, {}});
  sent_from_outside_ = true;
  return true;
}

void Kernel::stop(Process& process, int signal) {
  process.stopped = true;
  bool told = false;
  for (const auto& task : tasks_) {
    if (task->process != &process || task->tracing == nullptr || task->state == Task::State::kEnded) continue;
    told |= traced_by_parent(*task);
    if (!task->tracing->stopped()) stop_with_group(*this, *task, signal);
  }
  if (told) return;
  process.stop_to_report = signal;
  notify_parent(process, CLD_STOPPED, signal);
}

}  // namespace m2sim::emu
