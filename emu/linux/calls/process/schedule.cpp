// The scheduler as a process on one core sees it.
#include <array>

#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu::sys {

namespace {

bool known(const Process& process, const Args& args) {
  return args.i32(0) == 0 || process.kernel.task(args.i32(0)) != nullptr;
}

}  // namespace

std::int64_t sched_yield(Process& process, const Args& /*args*/) {
  process.kernel.yield();
  return 0;
}

// One core. The kernel answers with the size of its own mask, a multiple of 8 bytes.
std::int64_t sched_getaffinity(Process& process, const Args& args) {
  constexpr std::uint64_t kMask = 1;
  if (!known(process, args)) return -ESRCH;
  if (args.u32(1) < sizeof(kMask) || args.u32(1) % sizeof(kMask) != 0) return -EINVAL;
  return process.memory().write_value(args[2], kMask) ? std::int64_t{sizeof(kMask)} : -EFAULT;
}

std::int64_t sched_setaffinity(Process& process, const Args& args) {
  std::uint64_t mask = 0;
  if (!known(process, args)) return -ESRCH;
  if (!process.memory().read(args[2], &mask, std::min<std::uint64_t>(args.u32(1), sizeof(mask))))
    return -EFAULT;
  return (mask & 1U) != 0 ? 0 : -EINVAL;
}

std::int64_t sched_getscheduler(Process& process, const Args& args) {
  return known(process, args) ? 0 : -ESRCH;
}

std::int64_t sched_getparam(Process& process, const Args& args) {
  constexpr std::int32_t kPriority = 0;
  if (!known(process, args)) return -ESRCH;
  return process.memory().write_value(args[1], kPriority) ? 0 : -EFAULT;
}

// SCHED_OTHER alone, whose only priority is 0.
std::int64_t sched_setscheduler(Process& process, const Args& args) {
  std::int32_t priority = 0;
  if (!known(process, args)) return -ESRCH;
  if (!process.memory().read_value(args[2], priority)) return -EFAULT;
  if (args.i32(1) != 0) return -EPERM;
  return priority == 0 ? 0 : -EINVAL;
}

std::int64_t sched_setparam(Process& process, const Args& args) {
  return sched_setscheduler(process, {{args[0], 0, args[1], 0, 0, 0}});
}

std::int64_t sched_rr_get_interval(Process& process, const Args& args) {
  constexpr std::int64_t kSlice[2] = {0, 4'000'000};  // what Linux says of SCHED_OTHER at 250 Hz
  if (!known(process, args)) return -ESRCH;
  return process.memory().write(args[1], kSlice, sizeof(kSlice)) ? 0 : -EFAULT;
}

std::int64_t sched_getattr(Process& process, const Args& args) {
  struct {
    std::uint32_t size = sizeof(*this), policy = 0;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::array<std::uint64_t, 3> deadline{};
  } attributes;
  static_assert(sizeof(attributes) == 48);
  if (!known(process, args)) return -ESRCH;
  if (args.u32(2) < sizeof(attributes) || args.u32(3) != 0) return -EINVAL;
  return process.memory().write_value(args[1], attributes) ? 0 : -EFAULT;
}

std::int64_t sched_setattr(Process& process, const Args& args) {
  std::uint32_t head[2] = {};  // size, policy
  if (!known(process, args)) return -ESRCH;
  if (!process.memory().read(args[1], head, sizeof(head))) return -EFAULT;
  return head[1] == 0 ? 0 : -EPERM;
}

// No class was set: the default.
std::int64_t ioprio_get(Process& /*kernel*/, const Args& args) { return args.u32(0) - 1 > 2 ? -EINVAL : 0; }
std::int64_t ioprio_set(Process& /*kernel*/, const Args& args) { return args.u32(0) - 1 > 2 ? -EINVAL : 0; }

// 1 to 99 for SCHED_FIFO and SCHED_RR, 0 for the others.
std::int64_t sched_get_priority_max(Process& /*kernel*/, const Args& args) {
  if (args.i32(0) == 1 || args.i32(0) == 2) return 99;
  return args.i32(0) == 0 || args.i32(0) == 3 || args.i32(0) == 5 ? 0 : -EINVAL;
}
std::int64_t sched_get_priority_min(Process& /*kernel*/, const Args& args) {
  if (args.i32(0) == 1 || args.i32(0) == 2) return 1;
  return args.i32(0) == 0 || args.i32(0) == 3 || args.i32(0) == 5 ? 0 : -EINVAL;
}

std::int64_t getcpu(Process& process, const Args& args) {
  constexpr std::uint32_t kFirst = 0;
  if (args[0] != 0 && !process.memory().write_value(args[0], kFirst)) return -EFAULT;
  if (args[1] != 0 && !process.memory().write_value(args[1], kFirst)) return -EFAULT;
  return 0;
}

// The kernel's scale, 20 - nice value. Priorities change nothing on one core that is shared in turns.
std::int64_t getpriority(Process& /*kernel*/, const Args& /*args*/) { return 20; }
std::int64_t setpriority(Process& /*kernel*/, const Args& args) { return args.u32(0) > 2 ? -EINVAL : 0; }

// On one core every thread sees every store in order, so all barriers hold already.
std::int64_t membarrier(Process& /*kernel*/, const Args& args) {
  constexpr int kSupported = 0x1f;  // global, private expedited, and their registration
  if (args.i32(0) == 0) return kSupported;
  return (args.i32(0) & ~kSupported) != 0 ? -EINVAL : 0;
}

}  // namespace m2sim::emu::sys
