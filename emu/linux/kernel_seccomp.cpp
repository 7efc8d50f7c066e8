// System calls that a thread has given up.
#include <signal.h>

#include <algorithm>
#include <array>

#include "emu/linux/kernel.h"
#include "emu/linux/process.h"
#include "emu/linux/rights/seccomp.h"
#include "emu/linux/signal_frame.h"

namespace m2sim::emu {

namespace {

constexpr std::uint32_t kArchitecture = 0xc00000b7;                       // AUDIT_ARCH_AARCH64
constexpr std::array<std::uint64_t, 4> kStrictCalls = {63, 64, 93, 139};  // read, write, exit, rt_sigreturn
constexpr int kSysSeccomp = 1;                                            // SYS_SECCOMP, of si_code

}  // namespace

bool Kernel::end_task_by(Task& task, int signal) {
  Process& process = *task.process;
  if (threads_of(process) > 1) {
    end_task(task, signal);
  } else {
    process.end = {GuestEnd::Kind::kSignalled, 0, signal};
    end_process(process);
  }
  return false;
}

// Empty: the call is made.
std::optional<bool> Kernel::filter_call(Task& task) {
  if (task.strict) {
    const bool allowed = std::find(kStrictCalls.begin(), kStrictCalls.end(), task.call) != kStrictCalls.end();
    if (!allowed) return end_task_by(task, SIGKILL);
  }
  if (task.seccomp == nullptr) return std::nullopt;
  const auto number = static_cast<std::int32_t>(static_cast<std::uint32_t>(task.call));
  const std::uint32_t result = filtered(*task.seccomp, {number, kArchitecture, task.cpu.pc, task.args.x});
  const std::uint32_t data = result & 0xffffU;
  constexpr std::uint32_t kMostErrno = 4095;
  const std::uint64_t where = static_cast<std::uint32_t>(number) | std::uint64_t{kArchitecture} << 32U;
  switch (static_cast<SeccompAction>(result & 0xffff0000U)) {
    case SeccompAction::kAllow:
    case SeccompAction::kLog:
      return std::nullopt;
    case SeccompAction::kError:
      return finish(task, -std::int64_t{std::min(data, kMostErrno)});
    case SeccompAction::kTrace:
      if (task.tracing == nullptr || !task.tracing->wants(TraceEvent::kSeccomp)) return finish(task, -ENOSYS);
      task.next = Task::Next::kPerform;
      return stop_at_event(*this, task, TraceEvent::kSeccomp, data);
    case SeccompAction::kNotify:
      return finish(task, -ENOSYS);  // nobody to ask
    case SeccompAction::kTrap:
      return deliver_fault_signal(*this, task,
                                  {SIGSYS, kSysSeccomp, {task.cpu.pc, where, 0}, static_cast<int>(data)});
    case SeccompAction::kKillThread:
      return end_task_by(task, SIGSYS);
    default:
      task.process->end = {GuestEnd::Kind::kSignalled, 0, SIGSYS};
      end_process(*task.process);
      return false;
  }
}

}  // namespace m2sim::emu
