// System V semaphores.
#include <algorithm>
#include <vector>

#include "emu/linux/calls/ipc/sysv.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/linux/calls/waiting.h"

namespace m2sim::emu {

namespace {

constexpr int kMostValue = 32767;               // SEMVMX
constexpr std::uint64_t kMostInSet = 32000;     // SEMMSL
constexpr std::uint64_t kMostOperations = 500;  // SEMOPM
constexpr std::uint16_t kUndo = 010000;

// struct sembuf.
struct Operation {
  std::uint16_t index;
  std::int16_t change;
  std::uint16_t flags;
};
static_assert(sizeof(Operation) == 6);

// struct semid64_ds.
struct GuestSet {
  GuestIpcPermissions permissions;
  std::uint64_t operated, changed, count, unused[2];
};
static_assert(sizeof(GuestSet) == 88);

void add_undo(Kernel& kernel, int pid, int set, std::uint16_t index, int adjustment) {
  for (SemaphoreUndo& undo : kernel.ipc.undo) {
    if (undo.pid != pid || undo.set != set || undo.index != index) continue;
    undo.adjustment += adjustment;
    return;
  }
  kernel.ipc.undo.push_back({pid, set, index, adjustment});
}

void forget_undo(Kernel& kernel, int set, int index) {
  std::erase_if(kernel.ipc.undo, [=](const SemaphoreUndo& undo) {
    return undo.set == set && (index < 0 || undo.index == index);
  });
}

enum class Outcome : std::uint8_t { kDone, kWaits, kWouldWait, kTooLarge };

// All of them, or nothing.
Outcome operate(SemaphoreSet& set, const std::vector<Operation>& operations) {
  std::vector<Semaphore> after = set.semaphores;
  for (const Operation& operation : operations) {
    Semaphore& semaphore = after[operation.index];
    const int result = semaphore.value + operation.change;
    const bool stuck = operation.change == 0 ? semaphore.value != 0 : result < 0;
    if (stuck) return (operation.flags & kIpcNoWait) != 0 ? Outcome::kWouldWait : Outcome::kWaits;
    if (result > kMostValue) return Outcome::kTooLarge;
    semaphore.value = static_cast<std::uint16_t>(result);
  }
  set.semaphores = std::move(after);
  return Outcome::kDone;
}

std::int64_t finish(Process& process, SemaphoreSet& set, const std::vector<Operation>& operations) {
  bool changed = false;
  for (const Operation& operation : operations) {
    set.semaphores[operation.index].last = process.pid;
    changed |= operation.change != 0;
    if ((operation.flags & kUndo) != 0 && operation.change != 0)
      add_undo(process.kernel, process.pid, process.task->args.i32(0), operation.index, -operation.change);
  }
  set.operated = seconds_now(process);
  if (changed) process.kernel.wake_ipc_waiters();
  return 0;
}

std::int64_t semaphore_operations(Process& process, const Args& args, std::uint64_t limit_at) {
  Wait& wait = process.task->wait;
  if (args[2] == 0) return -EINVAL;
  if (args[2] > kMostOperations) return -E2BIG;
  std::vector<Operation> operations(args[2]);
  if (!process.memory().read(args[1], operations.data(), operations.size() * sizeof(Operation)))
    return -EFAULT;
  SemaphoreSet* set = process.kernel.ipc.semaphores.find(args.i32(0));
  if (set == nullptr) return wait.again ? -EIDRM : -EINVAL;
  for (const Operation& operation : operations) {
    if (operation.index >= set->semaphores.size()) return -EFBIG;
  }
  const bool alters = std::any_of(operations.begin(), operations.end(),
                                  [](const Operation& operation) { return operation.change != 0; });
  if (!ipc_allows(process, *set, alters ? kIpcWrites : kIpcReads)) return -EACCES;
  if (!wait.again) {
    const TimeLimit limit = time_limit(process, limit_at);
    if (limit.error != 0) return limit.error;
    if (limit.given) wait.deadline = deadline_after(process, limit.nanoseconds);
  }
  switch (operate(*set, operations)) {
    case Outcome::kDone:
      return finish(process, *set, operations);
    case Outcome::kTooLarge:
      return -ERANGE;
    case Outcome::kWouldWait:
      return -EAGAIN;
    default:
      break;
  }
  if (wait.interrupted) return -EINTR;
  if (timed_out(process)) return -EAGAIN;
  wait.for_ipc = true;
  return kBlocked;
}

// How many threads wait for one of the set: until it is 0, or until it is more.
std::int64_t waiting_for(const Process& process, int id, std::uint16_t index, bool for_zero) {
  std::int64_t count = 0;
  for (const auto& task : process.kernel.tasks()) {
    if (task->state != Task::State::kWaiting || !task->wait.for_ipc || task->args.i32(0) != id) continue;
    constexpr std::uint64_t kTimed = 192;
    constexpr std::uint64_t kPlain = 193;
    if (task->call != kTimed && task->call != kPlain) continue;
    std::vector<Operation> operations(std::min(task->args[2], kMostOperations));
    const std::uint64_t bytes = operations.size() * sizeof(Operation);
    if (!task->process->memory().read(task->args[1], operations.data(), bytes)) continue;
    // It waits for the first that cannot be done; the ones before can.
    for (const Operation& operation : operations) {
      if (operation.index == index && (operation.change == 0) == for_zero && operation.change <= 0) {
        ++count;
        break;
      }
    }
  }
  return count;
}

std::int64_t set_all(Process& process, SemaphoreSet& set, int id, std::uint64_t at) {
  std::vector<std::uint16_t> values(set.semaphores.size());
  if (!process.memory().read(at, values.data(), values.size() * sizeof(values[0]))) return -EFAULT;
  if (std::any_of(values.begin(), values.end(), [](auto value) { return value > kMostValue; }))
    return -ERANGE;
  for (std::size_t i = 0; i < values.size(); ++i) set.semaphores[i] = {values[i], process.pid};
  forget_undo(process.kernel, id, -1);
  set.changed = seconds_now(process);
  process.kernel.wake_ipc_waiters();
  return 0;
}

std::int64_t get_all(Process& process, const SemaphoreSet& set, std::uint64_t at) {
  std::vector<std::uint16_t> values;
  for (const Semaphore& semaphore : set.semaphores) values.push_back(semaphore.value);
  return process.memory().write(at, values.data(), values.size() * sizeof(values[0])) ? 0 : -EFAULT;
}

enum Command : std::int32_t {
  kGetPid = 11,
  kGetValue = 12,
  kGetAll = 13,
  kGetWaiting = 14,
  kGetWaitingForZero = 15,
  kSetValue = 16,
  kSetAll = 17,
  kStatIndex = 18,
  kSystem = 19,
  kStatAny = 20,
};

// Of one semaphore.
std::int64_t one_command(Process& process, SemaphoreSet& set, const Args& args) {
  if (args.u32(1) >= set.semaphores.size()) return -EINVAL;
  const auto index = static_cast<std::uint16_t>(args.u32(1));
  Semaphore& semaphore = set.semaphores[index];
  switch (args.i32(2)) {
    case kGetPid:
      return semaphore.last;
    case kGetValue:
      return semaphore.value;
    case kGetWaiting:
    case kGetWaitingForZero:
      return waiting_for(process, args.i32(0), index, args.i32(2) == kGetWaitingForZero);
    default:
      break;
  }
  if (args.i32(3) < 0 || args.i32(3) > kMostValue) return -ERANGE;
  semaphore = {static_cast<std::uint16_t>(args.i32(3)), process.pid};
  forget_undo(process.kernel, args.i32(0), index);
  set.changed = seconds_now(process);
  process.kernel.wake_ipc_waiters();
  return 0;
}

std::int64_t tell(Process& process, const SemaphoreSet& set, int id, std::uint64_t at) {
  const GuestSet guest{permissions_of(set, id), set.operated, set.changed, set.semaphores.size(), {}};
  return process.memory().write_value(at, guest) ? 0 : -EFAULT;
}

// struct seminfo.
std::int64_t tell_sets(Process& process, int command, std::uint64_t at) {
  std::int32_t sets = 0;
  std::int32_t semaphores = 0;
  std::int32_t highest = 0;
  const auto& slots = process.kernel.ipc.semaphores.slots();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].object == nullptr) continue;
    ++sets;
    semaphores += static_cast<std::int32_t>(slots[i].object->semaphores.size());
    highest = static_cast<std::int32_t>(i);
  }
  const bool used = command == kSystem;
  constexpr std::int32_t kMostSets = 32000;
  constexpr std::int32_t kAll = 1'024'000'000;
  const std::int32_t info[10] = {kAll,       kMostSets,
                                 kAll,       kAll,
                                 32000,      500,
                                 500,        used ? sets : 20,
                                 kMostValue, used ? semaphores : kMostValue};
  return process.memory().write_value(at, info) ? highest : -EFAULT;
}

}  // namespace

namespace sys {

std::int64_t semget(Process& process, const Args& args) {
  const int count = args.i32(1);
  if (count < 0 || static_cast<std::uint64_t>(count) > kMostInSet) return -EINVAL;
  return get_ipc(
      process, process.kernel.ipc.semaphores, args.i32(0), args.u32(2),
      [count](const SemaphoreSet& set) { return static_cast<std::size_t>(count) <= set.semaphores.size(); },
      [&](std::unique_ptr<SemaphoreSet>& made) -> std::int64_t {
        if (count == 0) return -EINVAL;
        made = std::make_unique<SemaphoreSet>();
        begin_object(process, *made, args.i32(0), args.u32(2));
        made->semaphores.resize(static_cast<std::size_t>(count));
        return 0;
      });
}

std::int64_t semop(Process& process, const Args& args) { return semaphore_operations(process, args, 0); }
std::int64_t semtimedop(Process& process, const Args& args) {
  return semaphore_operations(process, args, args[3]);
}

std::int64_t semctl(Process& process, const Args& args) {
  auto& table = process.kernel.ipc.semaphores;
  const int command = args.i32(2);
  if (command == kIpcInfo || command == kSystem) return tell_sets(process, command, args[3]);
  if (command == kStatIndex || command == kStatAny) {
    return tell_by_place(process, table, args.u32(0), command == kStatAny,
                         [&](const SemaphoreSet& set, int id) { return tell(process, set, id, args[3]); });
  }
  SemaphoreSet* set = table.find(args.i32(0));
  if (set == nullptr) return -EINVAL;
  GuestSet wanted{};
  const bool changes = command == kSetAll || command == kSetValue;
  if (command == kIpcSet || command == kIpcRemove) {
    if (!ipc_owns(process, *set)) return -EPERM;
  } else if (!ipc_allows(process, *set, changes ? kIpcWrites : kIpcReads)) {
    return -EACCES;
  }
  switch (command) {
    case kIpcStat:
      return tell(process, *set, args.i32(0), args[3]);
    case kIpcSet:
      if (!process.memory().read_value(args[3], wanted)) return -EFAULT;
      set_permissions(*set, wanted.permissions, seconds_now(process));
      return 0;
    case kIpcRemove:
      forget_undo(process.kernel, args.i32(0), -1);
      table.remove(args.i32(0));
      process.kernel.wake_ipc_waiters();
      return 0;
    case kGetAll:
      return get_all(process, *set, args[3]);
    case kSetAll:
      return set_all(process, *set, args.i32(0), args[3]);
    case kGetPid:
    case kGetValue:
    case kGetWaiting:
    case kGetWaitingForZero:
    case kSetValue:
      return one_command(process, *set, args);
    default:
      return -EINVAL;
  }
}

}  // namespace sys

}  // namespace m2sim::emu
