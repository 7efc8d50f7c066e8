// ptrace: one thread sees and changes what another one does (emu/linux/tracing.h).
#include <signal.h>
#include <sys/ptrace.h>

#include <algorithm>
#include <array>
#include <vector>

#include "emu/linux/calls/own_files.h"
#include "emu/linux/calls/process/trace_registers.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/linux/tracing.h"

namespace m2sim::emu::sys {

namespace {

// A request on a stopped thread; `address` and `data` as the caller gave them.
struct TraceRequest {
  Process& caller;
  Task& task;
  std::uint64_t address;
  std::uint64_t data;
};

constexpr std::uint32_t kKnownOptions = 0xff | Tracing::kExitKill;

// What siginfo_t holds, as guests see it.
struct GuestSignalInfo {
  std::int32_t signal, error, code, padding;
  std::array<std::uint64_t, 14> fields;
};

GuestSignalInfo guest_info(const SignalInfo& info) {
  return {info.signal, info.error, info.code, 0, {info.fields[0], info.fields[1], info.fields[2]}};
}

// Any of a process's threads, the first one if it lives.
Task* tracer_in(const Process& process) {
  if (Task* const first = process.kernel.task(process.pid); first != nullptr) return first;
  for (const auto& task : process.kernel.tasks()) {
    if (task->process == &process && task->state != Task::State::kEnded) return task.get();
  }
  return nullptr;
}

std::int64_t trace_me(Process& process) {
  if (process.task->tracing != nullptr) return -EPERM;
  const Process* parent = process.kernel.process(process.parent);
  Task* const tracer = parent == nullptr ? nullptr : tracer_in(*parent);
  // What started the simulator traces nothing here.
  if (tracer != nullptr) trace(*process.task, *tracer, false, 0);
  return 0;
}

std::int64_t attach_to(Process& process, Task* task, bool seizes, const Args& args) {
  if (task == nullptr) return -ESRCH;
  if (seizes && (args[2] != 0 || (args[3] & ~std::uint64_t{kKnownOptions}) != 0)) return -EIO;
  if (task->process == &process || task->tracing != nullptr) return -EPERM;
  if (!process.credentials.may_trace(task->process->credentials)) return -EPERM;
  trace(*task, *process.task, seizes, seizes ? args.u32(3) : 0);
  if (!seizes) process.kernel.post(*task, {SIGSTOP, SI_KERNEL, {}});
  if (task->process->stopped) stop_with_group(process.kernel, *task, SIGSTOP);
  return 0;
}

// It stops where it can, behind another stop if it is in one that the tracer knows of.
std::int64_t trap(Process& process, Task& task) {
  if (!task.tracing->seized) return -EIO;
  if (task.tracing->listens) {
    stop_at_trap(process.kernel, task);
  } else if (!task.tracing->stopped() || task.tracing->reported) {
    task.tracing->trap = true;
  }
  return 0;
}

std::int64_t listen_on(const TraceRequest& request) {
  Tracing& tracing = *request.task.tracing;
  if (!tracing.seized || tracing.stop != Tracing::Stop::kGroup) return -EIO;
  tracing.listens = true;
  // SIGCONT may have come already.
  if (!request.task.process->stopped) stop_at_trap(request.caller.kernel, request.task);
  return 0;
}

// The signal that the tracer wants the thread to have, behind a stop of this kind.
void give(const TraceRequest& request, int signal) {
  Tracing& tracing = *request.task.tracing;
  if (signal == 0) return;
  const std::uint64_t user = request.caller.credentials.user().real;
  const std::uint64_t who = static_cast<std::uint32_t>(request.caller.pid) | user << 32U;
  const bool same = tracing.info && tracing.info->signal == signal;
  const SignalInfo info = same ? *tracing.info : SignalInfo{signal, SI_USER, {who, 0, 0}};
  if (tracing.stop == Tracing::Stop::kSignal) {
    tracing.given = info;
  } else if (tracing.stop == Tracing::Stop::kCallEntry || tracing.stop == Tracing::Stop::kCallExit) {
    request.caller.kernel.post(request.task, info);
  }
}

std::int64_t let_go_on(const TraceRequest& request, Tracing::Resume how) {
  Tracing& tracing = *request.task.tracing;
  if (request.data > static_cast<std::uint64_t>(kSignalCount)) return -EIO;
  give(request, static_cast<int>(request.data));
  // A whole process that was stopped goes on with it.
  if (tracing.stop == Tracing::Stop::kGroup) request.task.process->stopped = false;
  tracing.stop = Tracing::Stop::kNone;
  tracing.resume = how;
  stops_again_in_call(request.caller.kernel, request.task);
  return 0;
}

std::int64_t detach(const TraceRequest& request) {
  Task& task = request.task;
  const bool with_group = task.tracing->stop == Tracing::Stop::kGroup;
  const std::int64_t error = let_go_on(request, Tracing::Resume::kContinue);
  if (error != 0) return error;
  // One that stood with its process stands there again.
  if (with_group) task.process->stopped = request.data == 0;
  stop_tracing(task);
  return 0;
}

std::int64_t peek(const TraceRequest& request) {
  std::uint64_t word = 0;
  const Memory& memory = request.task.process->memory();
  if (memory.accessible(request.address, sizeof(word), kProtNone) != sizeof(word) ||
      !memory.read_any(request.address, &word, sizeof(word)))
    return -EIO;
  return request.caller.memory().write_value(request.data, word) ? 0 : -EFAULT;
}

std::int64_t poke(const TraceRequest& request) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&request.data);
  return write_as_debugger(request.task.process->memory(), request.address, bytes, sizeof(request.data))
             ? 0
             : -EIO;
}

struct RegisterBytes {
  std::uint64_t address;
  std::uint64_t size;
};

// PTRACE_GETREGSET and PTRACE_SETREGSET: `address` is the set, `data` a struct iovec.
std::int64_t registers(const TraceRequest& request, bool writes) {
  Memory& memory = request.caller.memory();
  RegisterBytes given{};
  if (!memory.read_value(request.data, given)) return -EFAULT;
  const auto set = static_cast<std::uint32_t>(request.address);
  const std::size_t whole = register_set_size(set);
  constexpr std::uint64_t kWord = 4;
  if (whole == 0 || given.size % kWord != 0) return -EINVAL;
  std::vector<std::byte> bytes(whole);
  given.size = std::min<std::uint64_t>(given.size, whole);
  if (writes) {
    if (!memory.read(given.address, bytes.data(), given.size)) return -EFAULT;
    if (!write_register_set(request.task, set, bytes.data(), given.size)) return -EINVAL;
  } else {
    read_register_set(request.task, set, bytes.data());
    if (!memory.write(given.address, bytes.data(), given.size)) return -EFAULT;
  }
  return memory.write_value(request.data, given) ? 0 : -EFAULT;
}

std::int64_t signal_info(const TraceRequest& request, bool writes) {
  Tracing& tracing = *request.task.tracing;
  if (!tracing.info) return -EINVAL;
  if (!writes)
    return request.caller.memory().write_value(request.data, guest_info(*tracing.info)) ? 0 : -EFAULT;
  GuestSignalInfo given{};
  if (!request.caller.memory().read_value(request.data, given)) return -EFAULT;
  tracing.info = {given.signal, given.code, {given.fields[0], given.fields[1], given.fields[2]}, given.error};
  return 0;
}

std::int64_t signal_mask(const TraceRequest& request, bool writes) {
  constexpr std::uint64_t kSetSize = 8;
  if (request.address != kSetSize) return -EINVAL;
  ThreadSignals& signals = request.task.signals;
  if (!writes) return request.caller.memory().write_value(request.data, signals.blocked) ? 0 : -EFAULT;
  std::uint64_t mask = 0;
  if (!request.caller.memory().read_value(request.data, mask)) return -EFAULT;
  signals.blocked = mask & ~kNeverBlocked;
  return 0;
}

// Signals that wait: `address` says from which on, how many, and of whom.
std::int64_t peek_signals(const TraceRequest& request) {
  struct {
    std::uint64_t offset;
    std::uint32_t flags;
    std::int32_t count;
  } wanted{};
  if (!request.caller.memory().read_value(request.address, wanted)) return -EFAULT;
  constexpr std::uint32_t kShared = 1;
  if ((wanted.flags & ~kShared) != 0 || wanted.count < 0) return -EINVAL;
  const SignalQueue& queue =
      (wanted.flags & kShared) != 0 ? request.task.process->signals : request.task.signals.queue;
  const std::vector<SignalInfo>& all = queue.all();
  std::int64_t done = 0;
  for (std::uint64_t i = wanted.offset; i < all.size() && done < wanted.count; ++i, ++done) {
    const std::uint64_t at = request.data + static_cast<std::uint64_t>(done) * sizeof(GuestSignalInfo);
    if (!request.caller.memory().write_value(at, guest_info(all[i]))) return done == 0 ? -EFAULT : done;
  }
  return done;
}

std::int64_t set_options(const TraceRequest& request) {
  if ((request.data & ~std::uint64_t{kKnownOptions}) != 0) return -EINVAL;
  request.task.tracing->options = static_cast<std::uint32_t>(request.data);
  return 0;
}

// struct ptrace_syscall_info; the result is how much of it means something.
std::int64_t call_info(const TraceRequest& request) {
  const Task& task = request.task;
  const Tracing& tracing = *task.tracing;
  struct {
    std::uint8_t kind;
    std::array<std::uint8_t, 3> padding;
    std::uint32_t architecture;
    std::uint64_t pc, sp;
    std::array<std::uint64_t, 8> fields;
  } info{};
  constexpr std::uint64_t kHead = 24;
  constexpr std::uint64_t kCall = kHead + 7 * sizeof(std::uint64_t);
  std::uint64_t size = kHead;
  info.architecture = 0xc00000b7;  // AUDIT_ARCH_AARCH64
  info.pc = traced_pc(task);
  info.sp = task.cpu.x[kSpSlot];
  const auto arguments = [&] {
    info.fields[0] = static_cast<std::uint64_t>(
        static_cast<std::int64_t>(static_cast<std::int32_t>(static_cast<std::uint32_t>(task.call))));
    std::copy_n(task.cpu.x.begin(), task.args.x.size(), info.fields.begin() + 1);
  };
  if ((tracing.options & Tracing::kSysGood) != 0 && tracing.stop == Tracing::Stop::kCallEntry) {
    info.kind = PTRACE_SYSCALL_INFO_ENTRY;
    arguments();
    size = kCall;
  } else if ((tracing.options & Tracing::kSysGood) != 0 && tracing.stop == Tracing::Stop::kCallExit) {
    info.kind = PTRACE_SYSCALL_INFO_EXIT;
    constexpr std::int64_t kMostErrno = 4095;
    const auto result = static_cast<std::int64_t>(task.cpu.x[0]);
    info.fields[0] = task.cpu.x[0];
    info.fields[1] = result < 0 && result >= -kMostErrno ? 1 : 0;
    size = kHead + sizeof(std::uint64_t) + 1;
  } else if (tracing.status == (SIGTRAP | static_cast<int>(TraceEvent::kSeccomp) << 8)) {
    info.kind = PTRACE_SYSCALL_INFO_SECCOMP;
    arguments();
    info.fields[7] = tracing.message;
    size = kCall + sizeof(std::uint32_t);
  }
  const std::uint64_t written = std::min(size, request.address);
  if (!request.caller.memory().write(request.data, &info, written)) return -EFAULT;
  return static_cast<std::int64_t>(size);
}

std::int64_t on_stopped(std::uint64_t what, const TraceRequest& request) {
  switch (what) {
    case PTRACE_PEEKTEXT:
    case PTRACE_PEEKDATA:
      return peek(request);
    case PTRACE_POKETEXT:
    case PTRACE_POKEDATA:
      return poke(request);
    case PTRACE_CONT:
      return let_go_on(request, Tracing::Resume::kContinue);
    case PTRACE_SYSCALL:
      return let_go_on(request, Tracing::Resume::kSystemCall);
    case PTRACE_SINGLESTEP:
      return let_go_on(request, Tracing::Resume::kStep);
    case PTRACE_DETACH:
      return detach(request);
    case PTRACE_LISTEN:
      return listen_on(request);
    case PTRACE_GETREGSET:
      return registers(request, false);
    case PTRACE_SETREGSET:
      return registers(request, true);
    case PTRACE_GETSIGINFO:
      return signal_info(request, false);
    case PTRACE_SETSIGINFO:
      return signal_info(request, true);
    case PTRACE_GETSIGMASK:
      return signal_mask(request, false);
    case PTRACE_SETSIGMASK:
      return signal_mask(request, true);
    case PTRACE_PEEKSIGINFO:
      return peek_signals(request);
    case PTRACE_SETOPTIONS:
      return set_options(request);
    case PTRACE_GETEVENTMSG:
      return request.caller.memory().write_value(request.data, request.task.tracing->message) ? 0 : -EFAULT;
    case PTRACE_GET_SYSCALL_INFO:
      return call_info(request);
    default:
      return -EIO;
  }
}

}  // namespace

std::int64_t ptrace(Process& process, const Args& args) {
  const std::uint64_t what = args[0];
  if (what == PTRACE_TRACEME) return trace_me(process);
  Task* const task = process.kernel.task(args.i32(1));
  if (what == PTRACE_ATTACH || what == PTRACE_SEIZE) {
    return attach_to(process, task, what == PTRACE_SEIZE, args);
  }
  if (task == nullptr || task->tracing == nullptr || task->tracing->tracer != process.task) return -ESRCH;
  if (what == PTRACE_KILL) {
    process.kernel.post(*task, {SIGKILL, SI_KERNEL, {}});
    return 0;
  }
  if (what == PTRACE_INTERRUPT) return trap(process, *task);
  if (!task->tracing->stopped() || task->tracing->listens) return -ESRCH;
  return on_stopped(what, {process, *task, args[2], args[3]});
}

}  // namespace m2sim::emu::sys
