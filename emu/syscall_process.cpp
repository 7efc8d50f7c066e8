// The process itself: identity, end, limits, randomness, names.
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "emu/machine.h"
#include "emu/proc_text.h"
#include "emu/syscalls.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::size_t kNameField = 65;  // struct new_utsname

// 0 is the caller.
Kernel* named(Kernel& kernel, int pid) { return pid == 0 ? &kernel : kernel.system.process(pid); }

}  // namespace

std::int64_t exit_group(Kernel& kernel, const Args& args) {
  kernel.end = {GuestEnd::Kind::kExited, args.i32(0) & 0xff, 0};
  return 0;
}

// The status of the last thread to go is the process's.
std::int64_t exit(Kernel& kernel, const Args& args) {
  if (kernel.system.threads_of(kernel) == 1) return exit_group(kernel, args);
  kernel.system.end_task(*kernel.task);
  return 0;
}

std::int64_t set_tid_address(Kernel& kernel, const Args& args) {
  kernel.task->clear_tid = args[0];
  return kernel.task->id;
}

// Restartable sequences need a scheduler that interrupts them. A kernel without them says ENOSYS, and
// glibc then does without.
std::int64_t rseq(Kernel& /*kernel*/, const Args& /*args*/) { return -ENOSYS; }

// Calls begin again by themselves here.
std::int64_t restart_syscall(Kernel& /*kernel*/, const Args& /*args*/) { return -EINTR; }

std::int64_t getpid(Kernel& kernel, const Args& /*args*/) { return kernel.pid; }
// Whoever has no parent here is the child of what started the simulator: to it, init.
std::int64_t getppid(Kernel& kernel, const Args& /*args*/) { return std::max(kernel.parent, 1); }
std::int64_t gettid(Kernel& kernel, const Args& /*args*/) { return kernel.task->id; }
std::int64_t getuid(Kernel& /*kernel*/, const Args& /*args*/) { return ::getuid(); }
std::int64_t geteuid(Kernel& /*kernel*/, const Args& /*args*/) { return ::geteuid(); }
std::int64_t getgid(Kernel& /*kernel*/, const Args& /*args*/) { return ::getgid(); }
std::int64_t getegid(Kernel& /*kernel*/, const Args& /*args*/) { return ::getegid(); }

std::int64_t getrandom(Kernel& kernel, const Args& args) {
  std::vector<std::byte> bytes(std::min<std::uint64_t>(args[1], 256 * 1024));
  kernel.system.random.fill(bytes.data(), bytes.size());
  if (!kernel.memory().write(args[0], bytes.data(), bytes.size())) return -EFAULT;
  return static_cast<std::int64_t>(bytes.size());
}

std::int64_t uname(Kernel& kernel, const Args& args) {
  constexpr std::array kFields = {machine::kSystem,  machine::kHostName,     machine::kRelease,
                                  machine::kVersion, machine::kArchitecture, machine::kDomain};
  std::array<char, kFields.size() * kNameField> fields{};
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    kFields[i].copy(fields.data() + i * kNameField, kNameField - 1);
  }
  return kernel.memory().write_value(args[0], fields) ? 0 : -EFAULT;
}

std::int64_t getpgid(Kernel& kernel, const Args& args) {
  const Kernel* process = named(kernel, args.i32(0));
  return process == nullptr ? -ESRCH : process->group;
}

std::int64_t getsid(Kernel& kernel, const Args& args) {
  const Kernel* process = named(kernel, args.i32(0));
  return process == nullptr ? -ESRCH : process->session;
}

std::int64_t setpgid(Kernel& kernel, const Args& args) {
  Kernel* process = named(kernel, args.i32(0));
  const int group = args.i32(1) == 0 && process != nullptr ? process->pid : args.i32(1);
  if (group < 0) return -EINVAL;
  if (process == nullptr || (process != &kernel && process->parent != kernel.pid)) return -ESRCH;
  if (process != &kernel && process->has_execed) return -EACCES;
  const auto& all = kernel.system.processes();
  const bool exists = std::any_of(all.begin(), all.end(), [&](const auto& other) {
    return other->group == group && other->session == kernel.session;
  });
  const bool leads_session = process->session == process->pid;
  if (leads_session || process->session != kernel.session || (group != process->pid && !exists))
    return -EPERM;
  process->group = group;
  return 0;
}

std::int64_t setsid(Kernel& kernel, const Args& /*args*/) {
  if (kernel.group == kernel.pid) return -EPERM;
  kernel.session = kernel.group = kernel.pid;
  return kernel.pid;
}

std::int64_t getgroups(Kernel& kernel, const Args& args) {
  std::array<gid_t, 1024> groups{};
  const int most = args.i32(0);
  if (most < 0) return -EINVAL;
  const int count = ::getgroups(std::min(most, static_cast<int>(groups.size())), groups.data());
  if (count < 0) return -std::int64_t{errno};
  const std::uint64_t bytes = most == 0 ? 0 : static_cast<std::uint64_t>(count) * sizeof(gid_t);
  return kernel.memory().write(args[1], groups.data(), bytes) ? count : -EFAULT;
}

std::int64_t getresuid(Kernel& kernel, const Args& args) {
  std::array<uid_t, 3> ids{};
  if (::getresuid(&ids[0], &ids[1], &ids[2]) != 0) return -std::int64_t{errno};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!kernel.memory().write_value(args[i], ids[i])) return -EFAULT;
  }
  return 0;
}

std::int64_t getresgid(Kernel& kernel, const Args& args) {
  std::array<gid_t, 3> ids{};
  if (::getresgid(&ids[0], &ids[1], &ids[2]) != 0) return -std::int64_t{errno};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!kernel.memory().write_value(args[i], ids[i])) return -EFAULT;
  }
  return 0;
}

// Only the plain Linux personality exists here.
std::int64_t personality(Kernel& /*kernel*/, const Args& args) {
  constexpr std::uint32_t kQuery = 0xffffffff;
  return args.u32(0) == kQuery || args.u32(0) == 0 ? 0 : -EINVAL;
}

std::int64_t prctl(Kernel& kernel, const Args& args) {
  constexpr std::size_t kNameSize = 16;
  std::array<char, kNameSize> name{};
  switch (args.i32(0)) {
    case PR_SET_NAME: {
      const auto text = kernel.memory().read_string(args[1], kPathMax);
      if (!text) return -EFAULT;
      (kernel.task->id == kernel.pid ? kernel.name : kernel.task->name) = text->substr(0, kNameSize - 1);
      return 0;
    }
    case PR_GET_NAME:
      comm_of(kernel, kernel.task).copy(name.data(), kNameSize - 1);
      return kernel.memory().write_value(args[1], name) ? 0 : -EFAULT;
    case PR_GET_DUMPABLE:
      return 1;
    case PR_GET_PDEATHSIG: {
      constexpr int kNone = 0;
      return kernel.memory().write_value(args[1], kNone) ? 0 : -EFAULT;
    }
    case PR_GET_TIMERSLACK:
      return 50'000;  // ns, the default
    case PR_GET_KEEPCAPS:
    case PR_GET_SECCOMP:
    case PR_GET_THP_DISABLE:
    case PR_CAPBSET_READ:
      return 0;
    case PR_SET_CHILD_SUBREAPER:
    case PR_SET_PTRACER:
    case PR_SET_THP_DISABLE:
    case PR_SET_KEEPCAPS:
    case PR_SET_DUMPABLE:
    case PR_SET_PDEATHSIG:
    case PR_SET_TIMERSLACK:
      return 0;
    case PR_SET_NO_NEW_PRIVS:
      kernel.no_new_privileges = true;
      return 0;
    case PR_GET_NO_NEW_PRIVS:
      return kernel.no_new_privileges ? 1 : 0;
    default:
      // In particular every question about SVE, SME, pointer authentication and memory tags.
      return -EINVAL;
  }
}

}  // namespace m2sim::emu::sys
