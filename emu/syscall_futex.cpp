// Futexes of a process with one thread: nobody waits, and nobody could wake a waiter.
#include "emu/syscalls.h"

namespace m2sim::emu::sys {

namespace {

constexpr int kWait = 0;
constexpr int kWake = 1;
constexpr int kRequeue = 3;
constexpr int kCompareRequeue = 4;
constexpr int kWaitBitset = 9;
constexpr int kWakeBitset = 10;
constexpr int kCommandMask = 127;  // without FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME

}  // namespace

std::int64_t futex(Kernel& kernel, const Args& args) {
  std::uint32_t value = 0;
  if (args[0] % sizeof(value) != 0) return -EINVAL;
  if (!kernel.memory.read_value(args[0], value)) return -EFAULT;
  switch (args.i32(1) & kCommandMask) {
    case kWait:
    case kWaitBitset:
      if (value != args.u32(2)) return -EAGAIN;
      // A wait that could end does so by its time limit; one without is a deadlock of the program's own,
      // which a spurious wake-up turns into a loop the instruction limit can end.
      return args[3] != 0 ? -ETIMEDOUT : 0;
    case kWake:
    case kWakeBitset:
    case kRequeue:
    case kCompareRequeue:
      return 0;
    default:
      return -ENOSYS;
  }
}

}  // namespace m2sim::emu::sys
