#include "emu/linux/calls/process/trace_registers.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "emu/cpu/cpu_state.h"
#include "emu/fp/fp.h"

namespace m2sim::emu {

namespace {

enum Set : std::uint32_t {
  kGeneral = 1,  // NT_PRSTATUS
  kFloat = 2,    // NT_PRFPREG
  kThreadPointer = 0x401,
  kBreakpoints = 0x402,
  kWatchpoints = 0x403,
  kCallNumber = 0x404,
  kPointerMask = 0x406,
};

// struct user_pt_regs.
struct General {
  std::array<std::uint64_t, 31> x;
  std::uint64_t sp;
  std::uint64_t pc;
  std::uint64_t pstate;
};

// struct user_fpsimd_state.
struct Float {
  std::array<Vec, 32> v;
  std::uint32_t fpsr;
  std::uint32_t fpcr;
  std::array<std::uint32_t, 2> reserved;
};

// struct user_hwdebug_state without a register: an ARMv8 that has none left.
struct Debug {
  std::uint32_t info;
  std::uint32_t padding;
};
constexpr std::uint32_t kDebugInfo = 6U << 8U;

// struct user_pac_mask: the bits of a program's pointers, to data and to code, that hold a code
// (emu/exec/pointer_auth.h).
constexpr std::uint64_t kCodeBits = 0x007f'0000'0000'0000;
constexpr std::array<std::uint64_t, 2> kPointerMasks = {kCodeBits, kCodeBits};

constexpr unsigned kFlagShift = 28;

// A thread in vfork is behind its call.
bool waits_in_call(const Task& task) { return task.state == Task::State::kWaiting && !task.wait.deaf; }

General general_of(const Task& task) {
  const CpuState& cpu = task.cpu;
  General general{};
  std::copy_n(cpu.x.begin(), general.x.size(), general.x.begin());
  general.sp = cpu.x[kSpSlot];
  general.pc = traced_pc(task);
  general.pstate = std::uint64_t{nzcv_of(cpu.flags)} << kFlagShift | cpu.pstate;
  return general;
}

// The modes that a program cannot be in: anything but AArch64 at EL0 with nothing masked.
bool set_general(Task& task, const General& general) {
  constexpr std::uint64_t kNotOurs = 0x1f | 0x3c0;
  if ((general.pstate & kNotOurs) != 0) return false;
  CpuState& cpu = task.cpu;
  // Elsewhere, the call it was in is over.
  if (waits_in_call(task) && general.pc != traced_pc(task)) {
    task.wait = {};
    task.state = Task::State::kRunnable;
  }
  if (!waits_in_call(task)) cpu.pc = general.pc;
  std::copy(general.x.begin(), general.x.end(), cpu.x.begin());
  cpu.x[kSpSlot] = general.sp;
  cpu.flags = flags_from_nzcv(static_cast<std::uint32_t>(general.pstate >> kFlagShift) & 15U);
  cpu.pstate = static_cast<std::uint32_t>(general.pstate) & (kDitBit | kSsbsBit);
  return true;
}

template <class T>
void put(std::byte* to, const T& value) {
  std::memcpy(to, &value, sizeof(T));
}

// What a shorter set leaves out stays as it is.
template <class T>
T overlaid(T value, const std::byte* from, std::size_t size) {
  std::memcpy(&value, from, size);
  return value;
}

Float float_of(const CpuState& cpu) { return {cpu.v, cpu.fpsr, cpu.fpcr, {}}; }

}  // namespace

std::uint64_t traced_pc(const Task& task) {
  constexpr std::uint64_t kInstruction = 4;
  return waits_in_call(task) ? task.cpu.pc - kInstruction : task.cpu.pc;
}

std::size_t register_set_size(std::uint32_t set) {
  switch (set) {
    case kGeneral:
      return sizeof(General);
    case kFloat:
      return sizeof(Float);
    case kThreadPointer:
      return sizeof(std::uint64_t);
    case kBreakpoints:
    case kWatchpoints:
      return sizeof(Debug);
    case kCallNumber:
      return sizeof(std::int32_t);
    case kPointerMask:
      return sizeof(kPointerMasks);
    default:
      return 0;
  }
}

void read_register_set(const Task& task, std::uint32_t set, std::byte* to) {
  switch (set) {
    case kGeneral:
      return put(to, general_of(task));
    case kFloat:
      return put(to, float_of(task.cpu));
    case kThreadPointer:
      return put(to, task.cpu.tpidr_el0);
    case kCallNumber: {
      const bool in_call = task.tracing->stop == Tracing::Stop::kCallEntry ||
                           task.tracing->stop == Tracing::Stop::kCallExit ||
                           task.tracing->stop == Tracing::Stop::kEvent || task.state == Task::State::kWaiting;
      return put(to, in_call ? static_cast<std::int32_t>(static_cast<std::uint32_t>(task.call)) : -1);
    }
    case kPointerMask:
      return put(to, kPointerMasks);
    default:
      return put(to, Debug{kDebugInfo, 0});
  }
}

bool write_register_set(Task& task, std::uint32_t set, const std::byte* from, std::size_t size) {
  switch (set) {
    case kGeneral:
      return set_general(task, overlaid(general_of(task), from, size));
    case kFloat: {
      const Float given = overlaid(float_of(task.cpu), from, size);
      task.cpu.v = given.v;
      write_fpsr(task.cpu, given.fpsr);
      write_fpcr(task.cpu, given.fpcr);
      return true;
    }
    case kThreadPointer:
      task.cpu.tpidr_el0 = overlaid(task.cpu.tpidr_el0, from, size);
      return true;
    case kCallNumber:
      task.call = overlaid(static_cast<std::uint32_t>(task.call), from, size);
      return true;
    case kBreakpoints:
    case kWatchpoints:
      return size <= sizeof(Debug);  // there is none to set
    default:
      return false;
  }
}

}  // namespace m2sim::emu
