// Which fields the kernel's plain types have. What refers to others is the business of those who know them.
#pragma once

#include "emu/cpu/cpu_state.h"
#include "emu/fp/fp.h"
#include "emu/linux/checkpoint/archive.h"
#include "emu/linux/kernel.h"
#include "emu/linux/loaded_program.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

template <auto kLast>
struct Last {
  static constexpr auto value = kLast;
};
template <>
struct LastOf<Cpu> : Last<Cpu::kM2> {};
template <>
struct LastOf<AtFork> : Last<AtFork::kZeros> {};
template <>
struct LastOf<OpenFile::Kind> : Last<OpenFile::Kind::kSocket> {};
template <>
struct LastOf<AsyncState::Owner> : Last<AsyncState::Owner::kGroup> {};
template <>
struct LastOf<Task::State> : Last<Task::State::kEnded> {};
template <>
struct LastOf<Task::Next> : Last<Task::Next::kRestart> {};
template <>
struct LastOf<Timer::Clock> : Last<Timer::Clock::kThread> {};
template <>
struct LastOf<Timer::Target> : Last<Timer::Target::kThread> {};
template <>
struct LastOf<GuestEnd::Kind> : Last<GuestEnd::Kind::kSignalled> {};

// What the engine keeps beside it is made anew where the thread runs again.
inline void fields(Archive& archive, CpuState& cpu) {
  std::uint32_t nzcv = nzcv_of(cpu.flags);
  std::uint32_t fpcr = cpu.fpcr;
  std::uint32_t fpsr = cpu.fpsr;
  archive(cpu.x, nzcv, fpcr, fpsr, cpu.pc, cpu.tpidr_el0, cpu.pstate);
  for (Vec& vector : cpu.v) archive.raw(vector.bytes.data(), vector.bytes.size());
  archive(cpu.exclusive_address, cpu.exclusive_value, cpu.exclusive_bytes, cpu.misaligned_address);
  if (!archive.reads()) return;
  cpu.flags = flags_from_nzcv(nzcv);
  write_fpcr(cpu, fpcr);
  write_fpsr(cpu, fpsr);
}

inline void fields(Archive& archive, Region& region) {
  archive(region.begin, region.end, region.protection, region.name, region.file, region.shared,
          region.at_fork, region.locked, region.object, region.offset);
}

inline void fields(Archive& archive, GuestSigaction& action) {
  archive(action.handler, action.flags, action.restorer, action.mask);
}
inline void fields(Archive& archive, GuestSigaltstack& stack) {
  archive(stack.pointer, stack.flags, stack.padding, stack.size);
}
inline void fields(Archive& archive, SignalInfo& info) {
  archive(info.signal, info.code, info.fields, info.error);
  if (info.signal < 0 || info.signal > kSignalCount) archive.damaged();  // 0: of a timer that sends none
}
inline void fields(Archive& archive, ThreadSignals& signals) {
  archive(signals.blocked, signals.saved, signals.queue, signals.alternate);
}

inline void fields(Archive& archive, Timer& timer) {
  archive(timer.clock, timer.target, timer.expiry, timer.interval, timer.info, timer.thread);
}

inline void fields(Archive& archive, FutexKey& key) { archive(key.where, key.offset); }
// But for the files, which their owner writes.
inline void fields(Archive& archive, Wait& wait) {
  archive(wait.again, wait.woken, wait.interrupted, wait.outside, wait.deadline, wait.progress, wait.futex,
          wait.futex_bits, wait.order, wait.pi_futex, wait.signals, wait.restarts, wait.deaf, wait.retry,
          wait.for_lock, wait.lock_holder, wait.for_ipc, wait.for_child);
}
inline void fields(Archive& archive, Scheduling& scheduling) {
  archive(scheduling.nice, scheduling.policy, scheduling.priority, scheduling.reset_on_fork, scheduling.io);
}
inline void fields(Archive& archive, BpfInstruction& instruction) {
  archive(instruction.code, instruction.if_true, instruction.if_false, instruction.value);
}

inline void fields(Archive& archive, GuestEnd& end) { archive(end.kind, end.status, end.signal); }
inline void fields(Archive& archive, ResourceLimit& limit) { archive(limit.soft, limit.hard); }
inline void fields(Archive& archive, ResourceLimits& limits) {
  for (std::size_t i = 0; i < kResourceCount; ++i) archive(limits[static_cast<Resource>(i)]);
}
inline void fields(Archive& archive, CapabilitySets& sets) {
  archive(sets.permitted, sets.effective, sets.inheritable, sets.bounding, sets.ambient);
}
inline void fields(Archive& archive, Identity& identity) {
  archive(identity.real, identity.effective, identity.saved, identity.files);
}

inline void fields(Archive& archive, GuestClock& clock) {
  archive(clock.realtime_at_start, clock.executed, clock.slept);
}
inline void fields(Archive& archive, MappedCode& code) {
  archive(code.begin, code.end, code.path, code.bias, code.file_offset);
}
inline void fields(Archive& archive, ExecutableMap& map) { archive(map.space, map.ranges); }
inline void fields(Archive& archive, FileCode& code) {
  archive(code.family, code.begin, code.end, code.path, code.file_offset);
}
inline void fields(Archive& archive, Kernel::CallCount& count) { archive(count.calls, count.errors); }

// But for the file itself.
inline void fields(Archive& archive, LoadedProgram& program) {
  archive(program.bias, program.loader_base, program.entry_pc, program.stack_pointer, program.stack_begin,
          program.stack_end, program.brk_start, program.sigreturn_address, program.arguments_begin,
          program.arguments_end, program.environment_begin, program.environment_end, program.auxv,
          program.path, program.comm);
}

inline void fields(Archive& archive, AsyncState& async) {
  archive(async.type, async.owner, async.signal, async.seen, async.bytes_seen, async.descriptor);
}

}  // namespace m2sim::emu
