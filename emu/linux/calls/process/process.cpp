// The process itself: identity, end, limits, randomness, names.
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "emu/linux/calls/process/capabilities.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/linux/files/proc_text.h"
#include "emu/linux/uname.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::size_t kNameField = 65;  // struct new_utsname

// 0 is the caller.
Process* named(Process& process, int pid) { return pid == 0 ? &process : process.kernel.process(pid); }

}  // namespace

std::int64_t exit_group(Process& process, const Args& args) {
  process.end = {GuestEnd::Kind::kExited, args.i32(0) & 0xff, 0};
  return 0;
}

// The status of the last thread to go is the process's.
std::int64_t exit(Process& process, const Args& args) {
  if (process.kernel.threads_of(process) == 1) return exit_group(process, args);
  process.kernel.end_task(*process.task, (args.i32(0) & 0xff) << 8);
  return 0;
}

std::int64_t set_tid_address(Process& process, const Args& args) {
  process.task->clear_tid = args[0];
  return process.task->id;
}

// Restartable sequences need a scheduler that interrupts them. A kernel without them says ENOSYS, and
// glibc then does without.
std::int64_t rseq(Process& /*kernel*/, const Args& /*args*/) { return -ENOSYS; }

// Calls begin again by themselves here.
std::int64_t restart_syscall(Process& /*kernel*/, const Args& /*args*/) { return -EINTR; }

std::int64_t getpid(Process& process, const Args& /*args*/) { return process.pid; }
// Whoever has no parent here is the child of what started the simulator: to it, init.
std::int64_t getppid(Process& process, const Args& /*args*/) { return std::max(process.parent, 1); }
std::int64_t gettid(Process& process, const Args& /*args*/) { return process.task->id; }

std::int64_t getrandom(Process& process, const Args& args) {
  const std::uint32_t flags = args.u32(2);
  constexpr std::uint32_t kBoth = GRND_RANDOM | GRND_INSECURE;
  if ((flags & ~(kBoth | GRND_NONBLOCK)) != 0 || (flags & kBoth) == kBoth) return -EINVAL;
  std::vector<std::byte> bytes(std::min<std::uint64_t>(args[1], 256 * 1024));
  process.kernel.random.fill(bytes.data(), bytes.size());
  if (!process.memory().write(args[0], bytes.data(), bytes.size())) return -EFAULT;
  return static_cast<std::int64_t>(bytes.size());
}

std::int64_t uname(Process& process, const Args& args) {
  constexpr std::array kFields = {machine::kSystem,  machine::kHostName,     machine::kRelease,
                                  machine::kVersion, machine::kArchitecture, machine::kDomain};
  std::array<char, kFields.size() * kNameField> fields{};
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    kFields[i].copy(fields.data() + i * kNameField, kNameField - 1);
  }
  return process.memory().write_value(args[0], fields) ? 0 : -EFAULT;
}

std::int64_t getpgid(Process& caller, const Args& args) {
  const Process* process = named(caller, args.i32(0));
  return process == nullptr ? -ESRCH : process->group;
}

std::int64_t getsid(Process& caller, const Args& args) {
  const Process* process = named(caller, args.i32(0));
  return process == nullptr ? -ESRCH : process->session;
}

std::int64_t setpgid(Process& caller, const Args& args) {
  Process* process = named(caller, args.i32(0));
  const int pid = args.i32(0) == 0 ? caller.pid : args.i32(0);
  const int group = args.i32(1) == 0 ? pid : args.i32(1);
  if (group < 0) return -EINVAL;
  if (process == nullptr || (process != &caller && process->parent != caller.pid)) return -ESRCH;
  if (process != &caller && process->has_execed) return -EACCES;
  const auto& all = caller.kernel.processes();
  const bool exists = std::any_of(all.begin(), all.end(), [&](const auto& other) {
    return other->group == group && other->session == caller.session;
  });
  const bool leads_session = process->session == process->pid;
  if (leads_session || process->session != caller.session || (group != process->pid && !exists))
    return -EPERM;
  process->group = group;
  return 0;
}

std::int64_t setsid(Process& process, const Args& /*args*/) {
  if (process.group == process.pid) return -EPERM;
  process.session = process.group = process.pid;
  return process.pid;
}

// Only the plain Linux personality exists here, in which no address is random in any case.
std::int64_t personality(Process& process, const Args& args) {
  constexpr std::uint32_t kQuery = 0xffffffff;
  const std::uint32_t old = process.personality;
  if (args.u32(0) == kQuery) return old;
  if ((args.u32(0) & ~std::uint32_t{ADDR_NO_RANDOMIZE}) != 0) return -EINVAL;
  process.personality = args.u32(0);
  return old;
}

std::int64_t prctl(Process& process, const Args& args) {
  constexpr std::size_t kNameSize = 16;
  std::array<char, kNameSize> name{};
  switch (args.i32(0)) {
    case PR_SET_NAME: {
      const auto text = process.memory().read_string(args[1], kPathMax);
      if (!text) return -EFAULT;
      (process.task->id == process.pid ? process.name : process.task->name) = text->substr(0, kNameSize - 1);
      return 0;
    }
    case PR_GET_NAME:
      process.comm_of(process.task).copy(name.data(), kNameSize - 1);
      return process.memory().write_value(args[1], name) ? 0 : -EFAULT;
    case PR_GET_DUMPABLE:
      return process.credentials.dumpable ? 1 : 0;
    case PR_SET_DUMPABLE:
      if (args[1] > 1) return -EINVAL;
      process.credentials.dumpable = args[1] != 0;
      return 0;
    case PR_GET_PDEATHSIG:
      return process.memory().write_value(args[1], process.death_signal) ? 0 : -EFAULT;
    case PR_SET_PDEATHSIG:
      if (args[1] > kSignalCount) return -EINVAL;
      process.death_signal = args.i32(1);
      return 0;
    case PR_GET_CHILD_SUBREAPER: {
      const int is = process.subreaper ? 1 : 0;
      return process.memory().write_value(args[1], is) ? 0 : -EFAULT;
    }
    case PR_SET_CHILD_SUBREAPER:
      process.subreaper = args[1] != 0;
      return 0;
    case PR_GET_TIMERSLACK:
      return 50'000;  // ns, the default
    case PR_GET_THP_DISABLE:
      return 0;
    case PR_SET_PTRACER:
    case PR_SET_THP_DISABLE:
    case PR_SET_TIMERSLACK:
      return 0;
    case PR_GET_SECCOMP:
      return process.task->seccomp == nullptr ? 0 : 2;
    case PR_SET_SECCOMP:
      return set_seccomp_by_prctl(process, args);
    case PR_SET_NO_NEW_PRIVS:
      if (args[1] != 1 || args[2] != 0 || args[3] != 0 || args[4] != 0) return -EINVAL;
      process.no_new_privileges = true;
      return 0;
    case PR_GET_NO_NEW_PRIVS:
      return process.no_new_privileges ? 1 : 0;
    default:
      // In particular every question about SVE, SME, pointer authentication and memory tags.
      return capability_option(process, args).value_or(-EINVAL);
  }
}

}  // namespace m2sim::emu::sys
