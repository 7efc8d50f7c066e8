// The scheduler as a process on one core sees it.
#include <unistd.h>

#include "emu/syscalls.h"

namespace m2sim::emu::sys {

namespace {

bool own(const Args& args) { return args.i32(0) == 0 || args.i32(0) == ::getpid(); }

}  // namespace

std::int64_t sched_yield(Kernel& /*kernel*/, const Args& /*args*/) { return 0; }

// One core. The kernel answers with the size of its own mask, a multiple of 8 bytes.
std::int64_t sched_getaffinity(Kernel& kernel, const Args& args) {
  constexpr std::uint64_t kMask = 1;
  if (!own(args)) return -ESRCH;
  if (args.u32(1) < sizeof(kMask) || args.u32(1) % sizeof(kMask) != 0) return -EINVAL;
  return kernel.memory.write_value(args[2], kMask) ? std::int64_t{sizeof(kMask)} : -EFAULT;
}

std::int64_t sched_getscheduler(Kernel& /*kernel*/, const Args& args) { return own(args) ? 0 : -ESRCH; }

std::int64_t sched_getparam(Kernel& kernel, const Args& args) {
  constexpr std::int32_t kPriority = 0;
  if (!own(args)) return -ESRCH;
  return kernel.memory.write_value(args[1], kPriority) ? 0 : -EFAULT;
}

std::int64_t getcpu(Kernel& kernel, const Args& args) {
  constexpr std::uint32_t kFirst = 0;
  if (args[0] != 0 && !kernel.memory.write_value(args[0], kFirst)) return -EFAULT;
  if (args[1] != 0 && !kernel.memory.write_value(args[1], kFirst)) return -EFAULT;
  return 0;
}

// The kernel's scale, 20 - nice value.
std::int64_t getpriority(Kernel& /*kernel*/, const Args& /*args*/) { return 20; }

// No command is supported, and the query says so.
std::int64_t membarrier(Kernel& /*kernel*/, const Args& args) { return args.i32(0) == 0 ? 0 : -EINVAL; }

}  // namespace m2sim::emu::sys
