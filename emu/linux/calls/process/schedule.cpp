// The scheduler as a process on one core sees it.
#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::uint32_t kResetOnFork = 0x40000000;
constexpr std::int32_t kFifo = 1;
constexpr std::int32_t kRoundRobin = 2;

// 0 is the caller; null: none.
Task* thread_named(const Process& process, int tid) {
  return tid == 0 ? process.task : process.kernel.task(tid);
}

// What the scheduler's calls say where there is no such thread.
std::int64_t nobody(const Args& args) { return args.i32(0) < 0 ? -EINVAL : -ESRCH; }

bool known(const Process& process, const Args& args) { return thread_named(process, args.i32(0)) != nullptr; }

// A thread, a process group or a user, of whom 0 is the caller's; `which` from 0.
std::vector<Task*> chosen(const Process& process, std::uint32_t which, int who) {
  std::vector<Task*> tasks;
  const int group = who == 0 ? process.group : who;
  const std::uint32_t user = who == 0 ? process.credentials.user().real : static_cast<std::uint32_t>(who);
  for (const auto& task : process.kernel.tasks()) {
    if (task->state == Task::State::kEnded) continue;  // its process may be gone
    const bool meant = which == 0   ? task.get() == thread_named(process, who)
                       : which == 1 ? task->process->group == group
                                    : task->process->credentials.user().real == user;
    if (meant) tasks.push_back(task.get());
  }
  return tasks;
}

bool may_change(const Process& process, const Task& task) {
  const std::uint32_t user = process.credentials.user().effective;
  const Identity& target = task.process->credentials.user();
  return user == target.real || user == target.effective || process.credentials.may(Capability::kSysNice);
}

bool may_be_nice(const Process& process, const Task& task, std::int32_t nice) {
  const std::uint64_t least = task.process->limits[Resource::kNice].soft;
  return nice >= task.scheduling.nice || static_cast<std::uint64_t>(20 - nice) <= least ||
         process.credentials.may(Capability::kSysNice);
}

bool is_policy(std::int32_t policy) { return (policy >= 0 && policy <= 3) || policy == 5; }
bool is_real_time(std::int32_t policy) { return policy == kFifo || policy == kRoundRobin; }

std::int64_t set_policy(const Process& process, Task& task, const Scheduling& wanted) {
  constexpr std::int32_t kMost = 99;
  const bool real_time = is_real_time(wanted.policy);
  if (!is_policy(wanted.policy) || wanted.priority < 0 || wanted.priority > kMost) return -EINVAL;
  if (real_time != (wanted.priority != 0)) return -EINVAL;
  if (!process.credentials.may(Capability::kSysNice)) {
    const std::uint64_t most = task.process->limits[Resource::kRealTimePriority].soft;
    const auto priority = static_cast<std::uint64_t>(wanted.priority);
    const bool was = task.scheduling.policy == wanted.policy;
    if (real_time && !was && most == 0) return -EPERM;
    if (real_time && wanted.priority > task.scheduling.priority && priority > most) return -EPERM;
    if (task.scheduling.reset_on_fork && !wanted.reset_on_fork) return -EPERM;
  }
  if (!may_change(process, task) || !may_be_nice(process, task, wanted.nice)) return -EPERM;
  task.scheduling = wanted;
  return 0;
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
  const Task* task = thread_named(process, args.i32(0));
  if (task == nullptr) return nobody(args);
  const std::uint32_t reset = task->scheduling.reset_on_fork ? kResetOnFork : 0;
  return reset | static_cast<std::uint32_t>(task->scheduling.policy);
}

std::int64_t sched_getparam(Process& process, const Args& args) {
  const Task* task = thread_named(process, args.i32(0));
  if (task == nullptr) return nobody(args);
  return process.memory().write_value(args[1], task->scheduling.priority) ? 0 : -EFAULT;
}

std::int64_t sched_setscheduler(Process& process, const Args& args) {
  Task* task = thread_named(process, args.i32(0));
  if (task == nullptr) return nobody(args);
  Scheduling wanted = task->scheduling;
  wanted.policy = static_cast<std::int32_t>(args.u32(1) & ~kResetOnFork);
  wanted.reset_on_fork = (args.u32(1) & kResetOnFork) != 0;
  if (!process.memory().read_value(args[2], wanted.priority)) return -EFAULT;
  return set_policy(process, *task, wanted);
}

std::int64_t sched_setparam(Process& process, const Args& args) {
  Task* task = thread_named(process, args.i32(0));
  if (task == nullptr) return nobody(args);
  Scheduling wanted = task->scheduling;
  if (!process.memory().read_value(args[1], wanted.priority)) return -EFAULT;
  return set_policy(process, *task, wanted);
}

std::int64_t sched_rr_get_interval(Process& process, const Args& args) {
  const Task* task = thread_named(process, args.i32(0));
  if (task == nullptr) return nobody(args);
  // What Linux says at 250 Hz.
  const std::int32_t policy = task->scheduling.policy;
  const std::int64_t slice[2] = {0, policy == kFifo ? 0 : policy == kRoundRobin ? 100'000'000 : 4'000'000};
  return process.memory().write(args[1], slice, sizeof(slice)) ? 0 : -EFAULT;
}

namespace {

// struct sched_attr, its first version.
struct SchedulingAttributes {
  std::uint32_t size, policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::array<std::uint64_t, 3> deadline;
};
static_assert(sizeof(SchedulingAttributes) == 48);

}  // namespace

std::int64_t sched_getattr(Process& process, const Args& args) {
  const Task* task = thread_named(process, args.i32(0));
  if (task == nullptr) return -ESRCH;
  if (args.u32(2) < sizeof(SchedulingAttributes) || args.u32(3) != 0) return -EINVAL;
  const Scheduling& now = task->scheduling;
  const SchedulingAttributes attributes = {
      sizeof(attributes), static_cast<std::uint32_t>(now.policy),   now.reset_on_fork ? 1U : 0U,
      now.nice,           static_cast<std::uint32_t>(now.priority), {}};
  return process.memory().write_value(args[1], attributes) ? 0 : -EFAULT;
}

std::int64_t sched_setattr(Process& process, const Args& args) {
  Task* task = thread_named(process, args.i32(0));
  if (task == nullptr) return -ESRCH;
  SchedulingAttributes attributes{};
  if (!process.memory().read_value(args[1], attributes)) return -EFAULT;
  if (args.u32(2) != 0 || attributes.flags > 1) return -EINVAL;
  if (attributes.size != 0 && attributes.size < sizeof(attributes)) return -E2BIG;
  Scheduling wanted = task->scheduling;
  wanted.policy = static_cast<std::int32_t>(attributes.policy);
  wanted.priority = static_cast<std::int32_t>(attributes.priority);
  wanted.reset_on_fork = attributes.flags == 1;
  if (!is_real_time(wanted.policy)) wanted.nice = std::clamp(attributes.nice, -20, 19);
  return set_policy(process, *task, wanted);
}

// Processes are counted from 1 here, where getpriority counts from 0.
std::int64_t ioprio_get(Process& process, const Args& args) {
  if (args.u32(0) - 1 > 2) return -EINVAL;
  const std::vector<Task*> tasks = chosen(process, args.u32(0) - 1, args.i32(1));
  return tasks.empty() ? -ESRCH : std::int64_t{tasks.front()->scheduling.io};
}

std::int64_t ioprio_set(Process& process, const Args& args) {
  constexpr unsigned kClassBits = 13;
  enum Class : std::uint32_t { kNone, kRealTime, kBestEffort, kIdle };
  const std::uint32_t priority_class = args.u32(2) >> kClassBits;
  const std::uint32_t level = args.u32(2) & ((1U << kClassBits) - 1);
  if (args.u32(0) - 1 > 2 || priority_class > kIdle || (priority_class == kNone && level != 0))
    return -EINVAL;
  if (priority_class == kRealTime && !process.credentials.may(Capability::kSysNice)) return -EPERM;
  const std::vector<Task*> tasks = chosen(process, args.u32(0) - 1, args.i32(1));
  for (Task* task : tasks) {
    if (!may_change(process, *task)) return -EPERM;
    task->scheduling.io = args.u32(2);
  }
  return tasks.empty() ? -ESRCH : 0;
}

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

// The kernel's scale, 20 - nice value: the best of all.
std::int64_t getpriority(Process& process, const Args& args) {
  if (args.u32(0) > 2) return -EINVAL;
  std::int64_t best = -ESRCH;
  for (const Task* task : chosen(process, args.u32(0), args.i32(1))) {
    best = std::max<std::int64_t>(best, 20 - task->scheduling.nice);
  }
  return best;
}

std::int64_t setpriority(Process& process, const Args& args) {
  if (args.u32(0) > 2) return -EINVAL;
  const std::int32_t nice = std::clamp(args.i32(2), -20, 19);
  std::int64_t result = -ESRCH;
  for (Task* task : chosen(process, args.u32(0), args.i32(1))) {
    if (!may_change(process, *task)) {
      result = -EPERM;
    } else if (!may_be_nice(process, *task, nice)) {
      result = -EACCES;
    } else {
      task->scheduling.nice = nice;
      if (result == -ESRCH) result = 0;
    }
  }
  return result;
}

// On one core every thread sees every store in order, so all barriers hold already.
std::int64_t membarrier(Process& /*kernel*/, const Args& args) {
  constexpr int kSupported = 0x1f;       // global, private expedited, and their registration
  if (args.u32(1) != 0) return -EINVAL;  // no command of these has flags
  if (args.i32(0) == 0) return kSupported;
  return (args.i32(0) & ~kSupported) != 0 || !std::has_single_bit(args.u32(0)) ? -EINVAL : 0;
}

}  // namespace m2sim::emu::sys
