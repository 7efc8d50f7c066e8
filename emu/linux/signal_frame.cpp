#include "emu/linux/signal_frame.h"

#include <signal.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <optional>

#include "emu/fp/fp.h"
#include "emu/linux/tracing.h"

namespace m2sim::emu {

namespace {

// Linux arm64: struct rt_sigframe (arch/arm64/kernel/signal.c) and asm/sigcontext.h.
struct FpsimdContext {
  std::uint32_t magic;
  std::uint32_t size;
  std::uint32_t fpsr;
  std::uint32_t fpcr;
  std::array<Vec, 32> v;
};
constexpr std::uint32_t kFpsimdMagic = 0x46508001;

// What tells a handler, a sanitizer's for one, a load from a store.
struct SyndromeContext {
  std::uint32_t magic;
  std::uint32_t size;
  std::uint64_t syndrome;
};
constexpr std::uint32_t kSyndromeMagic = 0x45535201;

struct alignas(16) SignalContext {
  std::uint64_t fault_address;
  std::array<std::uint64_t, 31> x;
  std::uint64_t sp;
  std::uint64_t pc;
  std::uint64_t pstate;
  alignas(16) FpsimdContext fpsimd;
  SyndromeContext syndrome;  // zero where there is none: the record list ends there, or behind it
  std::array<std::byte, 4096 - sizeof(FpsimdContext) - sizeof(SyndromeContext)> reserved;
};
static_assert(offsetof(SignalContext, fpsimd) == 288);

struct SignalFrame {
  struct {
    std::int32_t signal, error, code, padding;
    std::array<std::uint64_t, 14> fields;  // SignalInfo::fields
  } info;
  std::uint64_t flags;
  std::uint64_t link;
  GuestSigaltstack stack;
  std::uint64_t mask;
  std::array<std::byte, 128 - sizeof(std::uint64_t)> mask_padding;
  SignalContext context;
};
static_assert(offsetof(SignalFrame, flags) == 128 && offsetof(SignalFrame, context) == 128 + 176);

// Frame record below the frame, so that debuggers can unwind through it.
struct FrameRecord {
  std::uint64_t fp;
  std::uint64_t lr;
};

// Of pstate: another mode than EL0's, or masked exceptions. No program may go back to that.
constexpr std::uint64_t kNotUser = 0x3df;

constexpr std::uint64_t kOnStack = 0x08000000;
constexpr std::uint64_t kNoDefer = 0x40000000;
constexpr std::uint64_t kResetHandler = 0x80000000;
constexpr std::uint64_t kRestorer = 0x04000000;
constexpr std::uint64_t kRestart = 0x10000000;
constexpr std::size_t kFp = 29;
constexpr std::size_t kLr = 30;

SignalFrame frame_of(const Task& task, const SignalInfo& info) {
  const CpuState& cpu = task.cpu;
  SignalFrame frame{};
  frame.info.signal = info.signal;
  frame.info.error = info.error;
  frame.info.code = info.code;
  std::copy(info.fields.begin(), info.fields.end(), frame.info.fields.begin());
  frame.stack = task.signals.alternate;
  frame.mask = task.signals.saved.value_or(task.signals.blocked);
  for (std::size_t i = 0; i < frame.context.x.size(); ++i) frame.context.x[i] = cpu.x[i];
  if (info.syndrome != 0) {
    frame.context.fault_address = info.fields[0];
    frame.context.syndrome = {kSyndromeMagic, sizeof(SyndromeContext), info.syndrome};
  }
  frame.context.sp = cpu.x[kSpSlot];
  frame.context.pc = cpu.pc;
  frame.context.pstate = std::uint64_t{nzcv_of(cpu.flags)} << 28U | cpu.pstate;
  frame.context.fpsimd = {kFpsimdMagic, sizeof(FpsimdContext), cpu.fpsr, cpu.fpcr, cpu.v};
  return frame;
}

// False: a handler that cannot be entered, for want of stack.
bool enter_handler(Task& task, const SignalInfo& info) {
  Process& process = *task.process;
  CpuState& cpu = task.cpu;
  ThreadSignals& signals = task.signals;
  GuestSigaction& action = process.actions[static_cast<std::size_t>(info.signal)];
  const SignalFrame frame = frame_of(task, info);
  std::uint64_t sp = cpu.x[kSpSlot];
  const GuestSigaltstack& alternate = signals.alternate;
  const bool wanted = (action.flags & kOnStack) != 0 && !alternate.disabled();
  if (wanted && !alternate.holds(sp)) sp = alternate.pointer + alternate.size;
  const std::uint64_t record_at = (sp & ~std::uint64_t{15}) - sizeof(FrameRecord);
  const std::uint64_t frame_at = (record_at - sizeof(SignalFrame)) & ~std::uint64_t{15};
  // As on Linux, frames run out of the alternate stack's lower end. But a handler whose first instruction
  // faults over and over must not begin again at its top: it would never end, and never retire an
  // instruction.
  if (alternate.holds(cpu.x[kSpSlot]) && !alternate.holds(frame_at) && cpu.pc == action.handler) {
    return false;
  }
  const FrameRecord record = {cpu.x[kFp], cpu.x[kLr]};
  if (!process.memory().write_value(frame_at, frame)) return false;
  if (!process.memory().write_value(record_at, record)) return false;
  cpu.x[0] = static_cast<std::uint64_t>(info.signal);
  cpu.x[1] = frame_at;
  cpu.x[2] = frame_at + offsetof(SignalFrame, flags);
  cpu.x[kFp] = record_at;
  cpu.x[kLr] = (action.flags & kRestorer) != 0 ? action.restorer : process.space->sigreturn_address;
  cpu.x[kSpSlot] = frame_at;
  cpu.pc = action.handler;
  signals.saved.reset();  // the frame has it
  signals.blocked |= action.mask;
  if ((action.flags & kNoDefer) == 0) signals.blocked |= signal_bit(info.signal);
  signals.blocked &= ~kNeverBlocked;
  if ((action.flags & kResetHandler) != 0) action.handler = 0;
  if (alternate.disarms()) signals.alternate = {};
  return true;
}

bool end_by(Kernel& kernel, Process& process, int signal) {
  process.end = {GuestEnd::Kind::kSignalled, 0, signal};
  kernel.end_process(process);
  return false;
}

// False: the process does not go on.
bool take(Kernel& kernel, Task& task, const SignalInfo& info) {
  Process& process = *task.process;
  const GuestSigaction& action = process.actions[static_cast<std::size_t>(info.signal)];
  if (action.handler == kIgnore) return true;
  if (action.handler != 0) return enter_handler(task, info) || end_by(kernel, process, SIGSEGV);
  switch (default_action(info.signal)) {
    case DefaultAction::kTerminate:
      if (task.tracing != nullptr && stops_before_death(kernel, task, info)) return false;
      return end_by(kernel, process, info.signal);
    case DefaultAction::kStop:
      kernel.stop(process, info.signal);
      return false;
    case DefaultAction::kIgnore:
      break;
  }
  return true;
}

// As deliver_signals().
bool deliver_traced_signals(Kernel& kernel, Task& task) {
  while (true) {
    bool stopped = false;
    const std::optional<SignalInfo> info = next_traced_signal(kernel, task, stopped);
    if (!info) return !stopped;
    const bool handled = task.process->actions[static_cast<std::size_t>(info->signal)].handler > kIgnore;
    if (!take(kernel, task, *info)) return false;
    if (handled && task.tracing->resume == Tracing::Resume::kStep) return stop_in_handler(kernel, task);
  }
}

}  // namespace

bool deliver_signals(Kernel& kernel, Task& task) {
  if (task.tracing != nullptr) return deliver_traced_signals(kernel, task);
  while (true) {
    const std::uint64_t ready = ~task.signals.blocked;
    std::optional<SignalInfo> info = task.signals.queue.take(ready);
    if (!info) info = task.process->signals.take(ready);
    if (!info) return true;
    Kernel::signal_taken(*task.process, *info);
    if (!take(kernel, task, *info)) return false;
  }
}

bool deliver_fault_signal(Kernel& kernel, Task& task, const SignalInfo& info) {
  const std::uint64_t handler = task.process->actions[static_cast<std::size_t>(info.signal)].handler;
  const bool blocked = (task.signals.blocked & signal_bit(info.signal)) != 0;
  if (task.tracing != nullptr) {
    if (blocked || handler == kIgnore) task.process->actions[static_cast<std::size_t>(info.signal)] = {};
    task.signals.blocked &= ~signal_bit(info.signal);
    return stop_at_signal(kernel, task, info);
  }
  if (blocked || handler == kIgnore) return end_by(kernel, *task.process, info.signal);
  return take(kernel, task, info);
}

bool restarts_after_signal(const Task& task) {
  const std::uint64_t pending =
      task.tracing != nullptr && task.tracing->given
          ? signal_bit(task.tracing->given->signal)
          : (task.signals.queue.pending() | task.process->signals.pending()) & ~task.signals.blocked;
  if (pending == 0) return true;
  const GuestSigaction& action =
      task.process->actions[static_cast<std::size_t>(std::countr_zero(pending)) + 1];
  return action.handler <= kIgnore || (action.flags & kRestart) != 0;
}

bool restore_from_frame(Task& task) {
  CpuState& cpu = task.cpu;
  SignalFrame frame;
  if (!task.process->memory().read_value(cpu.x[kSpSlot], frame)) return false;
  const FpsimdContext& fpsimd = frame.context.fpsimd;
  if (fpsimd.magic != kFpsimdMagic || fpsimd.size < sizeof(FpsimdContext)) return false;
  if ((frame.context.pstate & kNotUser) != 0) return false;
  for (std::size_t i = 0; i < frame.context.x.size(); ++i) cpu.x[i] = frame.context.x[i];
  cpu.x[kSpSlot] = frame.context.sp;
  cpu.pc = frame.context.pc;
  cpu.flags = flags_from_nzcv(static_cast<std::uint32_t>(frame.context.pstate >> 28U) & 15U);
  cpu.pstate = static_cast<std::uint32_t>(frame.context.pstate) & (kDitBit | kSsbsBit);
  write_fpsr(cpu, frame.context.fpsimd.fpsr);
  write_fpcr(cpu, frame.context.fpsimd.fpcr);
  cpu.v = frame.context.fpsimd.v;
  task.signals.blocked = frame.mask & ~kNeverBlocked;
  task.signals.alternate = frame.stack;
  task.restored = true;
  return true;
}

}  // namespace m2sim::emu
