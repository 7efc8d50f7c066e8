#include "emu/signal_frame.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cstddef>
#include <string>

#include "emu/fp.h"

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

struct alignas(16) SignalContext {
  std::uint64_t fault_address;
  std::array<std::uint64_t, 31> x;
  std::uint64_t sp;
  std::uint64_t pc;
  std::uint64_t pstate;
  alignas(16) FpsimdContext fpsimd;
  std::array<std::byte, 4096 - sizeof(FpsimdContext)> reserved;  // zero: the record list ends here
};
static_assert(offsetof(SignalContext, fpsimd) == 288);

struct SignalFrame {
  struct {
    std::int32_t signal, error, code, padding;
    std::array<std::uint64_t, 14> fields;  // a fault's address; else pid and uid
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

constexpr std::uint64_t kOnStack = 0x08000000;
constexpr std::uint64_t kNoDefer = 0x40000000;
constexpr std::uint64_t kResetHandler = 0x80000000;
constexpr std::uint64_t kRestorer = 0x04000000;
constexpr std::uint64_t kIgnore = 1;
constexpr std::int32_t kStackDisabled = 2;
constexpr std::size_t kFp = 29;
constexpr std::size_t kLr = 30;

constexpr std::uint64_t bit(int signal) { return std::uint64_t{1} << static_cast<unsigned>(signal - 1); }

bool on_alternate(const Signals& signals, std::uint64_t sp) {
  const GuestSigaltstack& stack = signals.alternate;
  return stack.flags != kStackDisabled && sp > stack.pointer && sp - stack.pointer <= stack.size;
}

SignalFrame frame_of(const Kernel& kernel, const CpuState& cpu, const SignalInfo& info) {
  SignalFrame frame{};
  frame.info.signal = info.signal;
  frame.info.code = info.code;
  const auto ids = static_cast<std::uint64_t>(::getpid()) | (std::uint64_t{::getuid()} << 32U);
  frame.info.fields[0] = info.code > 0 ? info.address : ids;
  frame.stack = kernel.signals.alternate;
  frame.mask = kernel.signals.blocked;
  for (std::size_t i = 0; i < frame.context.x.size(); ++i) frame.context.x[i] = cpu.x[i];
  frame.context.fault_address = info.address;
  frame.context.sp = cpu.x[kSpSlot];
  frame.context.pc = cpu.pc;
  frame.context.pstate = std::uint64_t{nzcv_of(cpu.flags)} << 28U;
  frame.context.fpsimd = {kFpsimdMagic, sizeof(FpsimdContext), cpu.fpsr, cpu.fpcr, cpu.v};
  return frame;
}

void end_by(Kernel& kernel, int signal) { kernel.end = {GuestEnd::Kind::kSignalled, 0, signal}; }

// A handler that cannot be entered, for want of stack, ends the process with SIGSEGV.
void enter_handler(Kernel& kernel, CpuState& cpu, const SignalInfo& info) {
  GuestSigaction& action = kernel.signals.actions[static_cast<std::size_t>(info.signal)];
  const SignalFrame frame = frame_of(kernel, cpu, info);
  std::uint64_t sp = cpu.x[kSpSlot];
  const GuestSigaltstack& alternate = kernel.signals.alternate;
  const bool wanted = (action.flags & kOnStack) != 0 && alternate.flags != kStackDisabled;
  if (wanted && !on_alternate(kernel.signals, sp)) sp = alternate.pointer + alternate.size;
  const std::uint64_t record_at = (sp & ~std::uint64_t{15}) - sizeof(FrameRecord);
  const std::uint64_t frame_at = (record_at - sizeof(SignalFrame)) & ~std::uint64_t{15};
  // A handler that faults over and over on its alternate stack must not begin again at its top: it would
  // never end, and never retire an instruction.
  if (on_alternate(kernel.signals, cpu.x[kSpSlot]) && !on_alternate(kernel.signals, frame_at)) {
    return end_by(kernel, SIGSEGV);
  }
  const FrameRecord record = {cpu.x[kFp], cpu.x[kLr]};
  if (!kernel.memory.write_value(frame_at, frame) || !kernel.memory.write_value(record_at, record)) {
    return end_by(kernel, SIGSEGV);
  }
  cpu.x[0] = static_cast<std::uint64_t>(info.signal);
  cpu.x[1] = frame_at;
  cpu.x[2] = frame_at + offsetof(SignalFrame, flags);
  cpu.x[kFp] = record_at;
  cpu.x[kLr] = (action.flags & kRestorer) != 0 ? action.restorer : kernel.sigreturn_address;
  cpu.x[kSpSlot] = frame_at;
  cpu.pc = action.handler;
  kernel.signals.blocked |= action.mask;
  if ((action.flags & kNoDefer) == 0) kernel.signals.blocked |= bit(info.signal);
  kernel.signals.blocked &= ~(bit(SIGKILL) | bit(SIGSTOP));
  if ((action.flags & kResetHandler) != 0) action.handler = 0;
}

// True when the signal needs a handler; anything else is done with here.
bool needs_handler(Kernel& kernel, int signal) {
  const GuestSigaction& action = kernel.signals.actions[static_cast<std::size_t>(signal)];
  if (action.handler == kIgnore) return false;
  if (action.handler != 0) return true;
  switch (default_action(signal)) {
    case DefaultAction::kTerminate:
      end_by(kernel, signal);
      break;
    case DefaultAction::kStop:
      ::raise(SIGSTOP);
      break;
    case DefaultAction::kIgnore:
      break;
  }
  return false;
}

}  // namespace

void map_sigreturn(Kernel& kernel) {
  constexpr std::array<std::uint32_t, 2> kCode = {0xd2801168, 0xd4000001};
  Memory& memory = kernel.memory;
  const std::uint64_t page = kernel.stack_end;
  if (!memory.map(page, kGuestPage, kProtRead | kProtExec, "[vdso]")) return;
  memory.write_any(page, kCode.data(), sizeof(kCode));
  kernel.sigreturn_address = page;
}

void raise_signal(Kernel& kernel, const SignalInfo& info) {
  Signals& signals = kernel.signals;
  const bool fault = info.code > 0;
  const bool blocked = (signals.blocked & bit(info.signal)) != 0;
  // A fault that is blocked or ignored cannot be put off: Linux ends the process.
  if (fault && (blocked || signals.actions[static_cast<std::size_t>(info.signal)].handler == kIgnore)) {
    return end_by(kernel, info.signal);
  }
  if (!blocked && !needs_handler(kernel, info.signal)) return;
  signals.pending |= bit(info.signal);
  signals.info[static_cast<std::size_t>(info.signal)] = {info.code, info.address};
}

void deliver_signals(Kernel& kernel, CpuState& cpu) {
  Signals& signals = kernel.signals;
  while (kernel.end.kind == GuestEnd::Kind::kRunning) {
    const std::uint64_t ready = signals.pending & ~signals.blocked;
    if (ready == 0) return;
    const int signal = std::countr_zero(ready) + 1;
    signals.pending &= ~bit(signal);
    const SignalOrigin& origin = signals.info[static_cast<std::size_t>(signal)];
    if (needs_handler(kernel, signal)) enter_handler(kernel, cpu, {signal, origin.code, origin.address});
  }
}

bool restore_from_frame(Kernel& kernel, CpuState& cpu) {
  SignalFrame frame;
  if (!kernel.memory.read_value(cpu.x[kSpSlot], frame)) return false;
  if (frame.context.fpsimd.magic != kFpsimdMagic) return false;
  for (std::size_t i = 0; i < frame.context.x.size(); ++i) cpu.x[i] = frame.context.x[i];
  cpu.x[kSpSlot] = frame.context.sp;
  cpu.pc = frame.context.pc;
  cpu.flags = flags_from_nzcv(static_cast<std::uint32_t>(frame.context.pstate >> 28U) & 15U);
  write_fpsr(cpu, frame.context.fpsimd.fpsr);
  write_fpcr(cpu, frame.context.fpsimd.fpcr);
  cpu.v = frame.context.fpsimd.v;
  kernel.signals.blocked = frame.mask & ~(bit(SIGKILL) | bit(SIGSTOP));
  return true;
}

}  // namespace m2sim::emu
