// Resource limits and usage.
#include <sys/resource.h>
#include <unistd.h>

#include <array>

#include "emu/syscalls.h"

namespace m2sim::emu::sys {

namespace {

struct GuestLimit {
  std::uint64_t soft;
  std::uint64_t hard;
};
constexpr std::uint64_t kUnlimited = UINT64_MAX;

// What the emulated process really has; the host's limits are the simulator's own business.
GuestLimit limit_of(const Kernel& kernel, std::uint32_t resource) {
  switch (resource) {
    case RLIMIT_STACK:
      return {kernel.stack_end - kernel.stack_begin, kUnlimited};
    case RLIMIT_NOFILE:
      return {FdTable::kMost, FdTable::kMost};
    case RLIMIT_CORE:
      return {0, kUnlimited};
    default:
      return {kUnlimited, kUnlimited};
  }
}

}  // namespace

std::int64_t prlimit64(Kernel& kernel, const Args& args) {
  if (args.i32(0) != 0 && args.i32(0) != ::getpid()) return -EPERM;
  if (args.u32(1) >= RLIM_NLIMITS) return -EINVAL;
  GuestLimit wanted{};
  // New limits are read and accepted, but nothing enforces them.
  if (args[2] != 0 && !kernel.memory.read_value(args[2], wanted)) return -EFAULT;
  if (args[2] != 0 && wanted.soft > wanted.hard) return -EINVAL;
  if (args[3] != 0 && !kernel.memory.write_value(args[3], limit_of(kernel, args.u32(1)))) return -EFAULT;
  return 0;
}

}  // namespace m2sim::emu::sys
