// seccomp: a thread gives up system calls.
#include "emu/linux/rights/seccomp.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu::sys {

namespace {

enum Operation : std::uint32_t { kStrict, kFilter, kActionAvailable, kNotificationSizes };
enum Flag : std::uint32_t { kSynchronise = 1, kLog = 2, kSpeculate = 4, kWithWait = 32 };

// The filters of all threads become the caller's, unless one has other ones.
std::int64_t synchronise(Process& process, const Task& caller,
                         const std::shared_ptr<const SeccompFilter>& before) {
  for (const auto& task : process.kernel.tasks()) {
    if (task->process != &process || task->state == Task::State::kEnded || task.get() == &caller) continue;
    const SeccompFilter* theirs = task->seccomp.get();
    const SeccompFilter* ours = before.get();
    while (ours != nullptr && ours != theirs) ours = ours->before.get();
    if (ours != theirs) return task->id;
  }
  for (const auto& task : process.kernel.tasks()) {
    if (task->process == &process) task->seccomp = caller.seccomp;
  }
  return 0;
}

std::int64_t set_filter(Process& process, std::uint32_t flags, std::uint64_t at) {
  struct {
    std::uint16_t length;
    std::uint64_t filter;
  } program{};
  if ((flags & ~std::uint32_t{kSynchronise | kLog | kSpeculate}) != 0) return -EINVAL;
  if (!process.memory().read_value(at, program)) return -EFAULT;
  auto filter = std::make_shared<SeccompFilter>();
  filter->program.resize(program.length);
  const std::uint64_t bytes = program.length * sizeof(BpfInstruction);
  if (program.length == 0 || !process.memory().allows(program.filter, bytes, kProtRead)) {
    return program.length == 0 ? -EINVAL : -EFAULT;
  }
  if (!process.memory().read(program.filter, filter->program.data(), bytes)) return -EFAULT;
  if (!valid_filter(filter->program)) return -EINVAL;
  if (!process.no_new_privileges && !process.credentials.may(Capability::kSysAdmin)) return -EACCES;
  Task& task = *process.task;
  if (task.strict) return -EINVAL;
  const std::shared_ptr<const SeccompFilter> before = task.seccomp;
  filter->before = before;
  task.seccomp = std::move(filter);
  const std::int64_t other = (flags & kSynchronise) != 0 ? synchronise(process, task, before) : 0;
  if (other != 0) task.seccomp = before;
  return other;
}

std::int64_t set_strict(Process& process) {
  if (process.task->seccomp != nullptr) return -EINVAL;
  process.task->strict = true;
  return 0;
}

bool known(std::uint32_t action) {
  switch (static_cast<SeccompAction>(action)) {
    case SeccompAction::kKillProcess:
    case SeccompAction::kKillThread:
    case SeccompAction::kTrap:
    case SeccompAction::kError:
    case SeccompAction::kTrace:
    case SeccompAction::kLog:
    case SeccompAction::kAllow:
      return true;
    default:
      return false;  // nobody can be asked: SECCOMP_FILTER_FLAG_NEW_LISTENER is refused
  }
}

}  // namespace

std::int64_t seccomp(Process& process, const Args& args) {
  std::uint32_t action = 0;
  switch (args.u32(0)) {
    case kStrict:
      return args.u32(1) != 0 || args[2] != 0 ? -EINVAL : set_strict(process);
    case kFilter:
      return set_filter(process, args.u32(1), args[2]);
    case kActionAvailable:
      if (args.u32(1) != 0) return -EINVAL;
      if (!process.memory().read_value(args[2], action)) return -EFAULT;
      return known(action) ? 0 : -EOPNOTSUPP;
    default:
      return -EINVAL;
  }
}

std::int64_t set_seccomp_by_prctl(Process& process, const Args& args) {
  constexpr std::uint64_t kModeStrict = 1;
  constexpr std::uint64_t kModeFilter = 2;
  if (args[1] == kModeStrict) return set_strict(process);
  return args[1] == kModeFilter ? set_filter(process, 0, args[2]) : -EINVAL;
}

}  // namespace m2sim::emu::sys
