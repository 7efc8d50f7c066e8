#include "emu/linux/pi_futex.h"

#include <cerrno>

#include "emu/linux/futex.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

namespace {

Task* first_waiter(const Kernel& kernel, const FutexKey& key) {
  Task* first = nullptr;
  for (const auto& task : kernel.tasks()) {
    const Wait& wait = task->wait;
    if (task->state != Task::State::kWaiting || wait.pi_futex == 0 || wait.futex != key) continue;
    if (first == nullptr || wait.order < first->wait.order) first = task.get();
  }
  return first;
}

// To the one that has waited longest; false: the word cannot be written.
bool hand_on(const Process& process, std::uint64_t address, const FutexKey& key, std::uint32_t marks) {
  const Kernel& kernel = process.kernel;
  Task* const next = first_waiter(kernel, key);
  if (next == nullptr) return process.memory().write_value(address, marks);
  next->wait.futex.reset();
  const std::uint32_t others = first_waiter(kernel, key) == nullptr ? 0 : kFutexWaiters;
  const std::uint32_t word = static_cast<std::uint32_t>(next->id) | others | marks;
  if (!process.memory().write_value(address, word)) return false;
  next->wait.woken = true;
  return true;
}

}  // namespace

std::int64_t lock_pi_futex(Task& task, std::uint64_t address, bool may_be_shared, bool tries) {
  Process& process = *task.process;
  Wait& wait = task.wait;
  if (wait.again) return wait.futex ? kBlocked : 0;  // whoever unlocked it has written its new owner
  std::uint32_t word = 0;
  if (!process.memory().read_value(address, word)) return -EFAULT;
  const auto self = static_cast<std::uint32_t>(task.id);
  const FutexKey key = futex_key(process, address, may_be_shared);
  if ((word & kFutexOwner) == 0) {
    const std::uint32_t others = first_waiter(process.kernel, key) == nullptr ? 0 : kFutexWaiters;
    return process.memory().write_value(address, self | (word & kFutexOwnerDied) | others) ? 0 : -EFAULT;
  }
  if ((word & kFutexOwner) == self) return -EDEADLK;
  if (process.kernel.task(static_cast<int>(word & kFutexOwner)) == nullptr) return -ESRCH;
  if (tries) return -EAGAIN;
  if (!process.memory().write_value(address, word | kFutexWaiters)) return -EFAULT;
  wait.futex = key;
  wait.pi_futex = address;
  wait.order = process.kernel.next_wait();
  wait.restarts = true;
  return kBlocked;
}

std::int64_t unlock_pi_futex(Task& task, std::uint64_t address, bool may_be_shared) {
  const Process& process = *task.process;
  std::uint32_t word = 0;
  if (!process.memory().read_value(address, word)) return -EFAULT;
  if ((word & kFutexOwner) != static_cast<std::uint32_t>(task.id)) return -EPERM;
  return hand_on(process, address, futex_key(process, address, may_be_shared), 0) ? 0 : -EFAULT;
}

void orphan_pi_futex(const Process& process, std::uint64_t address) {
  hand_on(process, address, futex_key(process, address, true), kFutexOwnerDied);
}

void release_pi_futexes(Task& task) {
  for (const auto& other : task.process->kernel.tasks()) {
    const Wait& wait = other->wait;
    std::uint32_t word = 0;
    if (other->state != Task::State::kWaiting || wait.pi_futex == 0 || !wait.futex) continue;
    if (!other->process->memory().read_value(wait.pi_futex, word)) continue;
    if ((word & kFutexOwner) != static_cast<std::uint32_t>(task.id)) continue;
    hand_on(*other->process, wait.pi_futex, *wait.futex, kFutexOwnerDied);
  }
}

}  // namespace m2sim::emu
