// Futexes. Threads wait in the order in which they came; the queue is what the threads' Wait say.
#include "emu/linux/futex.h"

#include <algorithm>

#include "emu/linux/calls/syscalls.h"
#include "emu/linux/calls/waiting.h"
#include "emu/linux/pi_futex.h"

namespace m2sim::emu {

namespace sys {

namespace {

constexpr std::uint32_t kPrivate = 128;
constexpr std::uint32_t kRealtime = 256;
enum Command : std::uint32_t {
  kWait = 0,
  kWake = 1,
  kRequeue = 3,
  kCompareRequeue = 4,
  kWakeOperation = 5,
  kLockPi = 6,
  kUnlockPi = 7,
  kTryLockPi = 8,
  kWaitBitset = 9,
  kWakeBitset = 10,
  kLockPi2 = 13,
};

// FUTEX_WAIT counts its limit from now; the others give a time of the clock they name.
std::int64_t set_deadline(Process& process, const Args& args, bool absolute, bool realtime) {
  const TimeLimit limit = time_limit(process, args[3]);
  if (limit.error != 0 || !limit.given) return limit.error;
  const GuestClock& clock = process.kernel.clock;
  const std::uint64_t now = realtime ? clock.realtime() : clock.monotonic();
  const std::uint64_t begin = absolute ? now : 0;
  process.task->wait.deadline =
      deadline_after(process, limit.nanoseconds - std::min(limit.nanoseconds, begin));
  return 0;
}

std::int64_t wait_for_wake(Process& process, const Args& args, bool bitset) {
  Task& task = *process.task;
  Wait& wait = task.wait;
  if (wait.again) {
    if (!wait.futex) return 0;  // whoever woke it has taken it off the queue
    if (timed_out(process)) return -ETIMEDOUT;
    // Only a wait without a limit is begun again after a handler.
    return wait.interrupted && wait.deadline ? -EINTR : kBlocked;
  }
  std::uint32_t value = 0;
  if (!process.memory().read_value(args[0], value)) return -EFAULT;
  const std::uint32_t bits = bitset ? args.u32(5) : kAllFutexBits;
  if (bits == 0) return -EINVAL;
  if (const std::int64_t error = set_deadline(process, args, bitset, (args.u32(1) & kRealtime) != 0);
      error != 0)
    return error;
  if (value != args.u32(2)) return -EAGAIN;
  if (timed_out(process)) return -ETIMEDOUT;
  wait.futex = futex_key(process, args[0], (args.u32(1) & kPrivate) == 0);
  wait.futex_bits = bits;
  wait.order = process.kernel.next_wait();
  return kBlocked;
}

std::int64_t lock_pi(Process& process, const Args& args, bool realtime) {
  const Wait& wait = process.task->wait;
  if (!wait.again) {
    if (const std::int64_t error = set_deadline(process, args, true, realtime); error != 0) return error;
  } else if (wait.futex && timed_out(process)) {
    return -ETIMEDOUT;
  }
  return lock_pi_futex(*process.task, args[0], (args.u32(1) & kPrivate) == 0, false);
}

std::int64_t wake(Process& process, const Args& args, std::uint32_t bits) {
  if (bits == 0) return -EINVAL;
  const FutexKey key = futex_key(process, args[0], (args.u32(1) & kPrivate) == 0);
  // Linux wakes one even when asked for none.
  const auto most = static_cast<unsigned>(std::max(args.i32(2), 1));
  return process.kernel.wake_futex(key, most, bits);
}

std::int64_t requeue(Process& process, const Args& args, bool compare) {
  std::uint32_t value = 0;
  if (args.i32(2) < 0 || args.i32(3) < 0 || args[4] % sizeof(value) != 0) return -EINVAL;
  if (!process.memory().read_value(args[0], value)) return -EFAULT;
  if (compare && value != args.u32(5)) return -EAGAIN;
  const bool shared = (args.u32(1) & kPrivate) == 0;
  const FutexKey from = futex_key(process, args[0], shared);
  const FutexKey to = futex_key(process, args[4], shared);
  const unsigned woken = process.kernel.wake_futex(from, args.u32(2), kAllFutexBits);
  return woken + process.kernel.requeue_futex(from, to, args.u32(3));
}

std::int64_t sign_extended(std::uint32_t field) { return static_cast<std::int32_t>(field << 20U) >> 20; }

// FUTEX_WAKE_OP: changes the second word, wakes waiters of the first, and of the second if its old value
// compares as asked.
std::int64_t wake_operation(Process& process, const Args& args) {
  const std::uint32_t code = args.u32(5);
  auto operand = static_cast<std::uint32_t>(sign_extended(code >> 12U & 0xfffU));
  const auto compared = static_cast<std::int32_t>(sign_extended(code & 0xfffU));
  std::uint32_t old = 0;
  if (!process.memory().read_value(args[4], old)) return -EFAULT;
  if ((code >> 31U) != 0) operand = 1U << (operand & 31U);
  const std::uint32_t results[] = {operand, old + operand, old | operand, old & ~operand, old ^ operand};
  const std::uint32_t operation = code >> 28U & 7U;
  if (operation >= std::size(results)) return -ENOSYS;
  if (!process.memory().write_value(args[4], results[operation])) return -EFAULT;
  const bool shared = (args.u32(1) & kPrivate) == 0;
  const auto value = static_cast<std::int32_t>(old);
  const bool answers[] = {value == compared, value != compared,
                          value<compared, value <= compared, value> compared, value >= compared};
  const std::uint32_t comparison = code >> 24U & 15U;
  if (comparison >= std::size(answers)) return -ENOSYS;
  unsigned woken = process.kernel.wake_futex(futex_key(process, args[0], shared), args.u32(2), kAllFutexBits);
  if (answers[comparison]) {
    woken += process.kernel.wake_futex(futex_key(process, args[4], shared), args.u32(3), kAllFutexBits);
  }
  return woken;
}

}  // namespace

std::int64_t futex(Process& process, const Args& args) {
  if (args[0] % sizeof(std::uint32_t) != 0) return -EINVAL;
  switch (args.u32(1) & ~(kPrivate | kRealtime)) {
    case kWait:
      return wait_for_wake(process, args, false);
    case kWaitBitset:
      return wait_for_wake(process, args, true);
    case kWake:
      return wake(process, args, kAllFutexBits);
    case kWakeBitset:
      return wake(process, args, args.u32(5));
    case kRequeue:
      return requeue(process, args, false);
    case kCompareRequeue:
      return requeue(process, args, true);
    case kWakeOperation:
      return wake_operation(process, args);
    case kLockPi:
      return lock_pi(process, args, true);
    case kLockPi2:
      return lock_pi(process, args, (args.u32(1) & kRealtime) != 0);
    case kTryLockPi:
      return lock_pi_futex(*process.task, args[0], (args.u32(1) & kPrivate) == 0, true);
    case kUnlockPi:
      return unlock_pi_futex(*process.task, args[0], (args.u32(1) & kPrivate) == 0);
    default:
      // What is left moves waiters between a condition and a mutex with an owner.
      return -ENOSYS;
  }
}

std::int64_t set_robust_list(Process& process, const Args& args) {
  constexpr std::uint64_t kHeadSize = 24;  // struct robust_list_head
  if (args[1] != kHeadSize) return -EINVAL;
  process.task->robust_list = args[0];
  return 0;
}

std::int64_t get_robust_list(Process& process, const Args& args) {
  constexpr std::uint64_t kHeadSize = 24;
  const Task* task = args.i32(0) == 0 ? process.task : process.kernel.task(args.i32(0));
  if (task == nullptr) return -ESRCH;
  if (!process.memory().write_value(args[2], kHeadSize)) return -EFAULT;
  return process.memory().write_value(args[1], task->robust_list) ? 0 : -EFAULT;
}

}  // namespace sys

}  // namespace m2sim::emu
