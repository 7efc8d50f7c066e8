// Resource limits and usage.
#include <sys/resource.h>
#include <unistd.h>

#include <array>

#include "emu/linux/calls/syscalls.h"
#include "emu/linux/uname.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;  // in ns
constexpr std::uint64_t kTick = kSecond / 100;    // USER_HZ

}  // namespace

std::int64_t prlimit64(Process& caller, const Args& args) {
  Process* const process = args.i32(0) == 0 ? &caller : caller.kernel.process(args.i32(0));
  if (args.u32(1) >= kResourceCount) return -EINVAL;
  const auto resource = static_cast<Resource>(args.u32(1));
  ResourceLimit wanted;
  if (args[2] != 0 && !caller.memory().read_value(args[2], wanted)) return -EFAULT;
  if (args[2] != 0 && wanted.soft > wanted.hard) return -EINVAL;
  if (process == nullptr || !process->running()) return -ESRCH;
  const Identity& user = process->credentials.user();
  const std::uint32_t own = caller.credentials.user().real;
  const bool same = own == user.real && own == user.effective && own == user.saved;
  if (process != &caller && !same && !caller.credentials.may(Capability::kSysResource)) return -EPERM;
  const ResourceLimit before = process->limits[resource];
  if (args[2] != 0) {
    if (resource == Resource::kOpenFiles && wanted.hard > kMostOpenFiles) return -EPERM;  // as beyond nr_open
    if (wanted.hard > before.hard && !caller.credentials.may(Capability::kSysResource)) return -EPERM;
    process->set_limit(resource, wanted);
  }
  return args[3] == 0 || caller.memory().write_value(args[3], before) ? 0 : -EFAULT;
}

std::int64_t getrlimit(Process& process, const Args& args) {
  return prlimit64(process, {{0, args[0], 0, args[1], 0, 0}});
}

std::int64_t setrlimit(Process& process, const Args& args) {
  return prlimit64(process, {{0, args[0], args[1], 0, 0, 0}});
}

std::int64_t getrusage(Process& process, const Args& args) {
  constexpr std::uint64_t kMicro = 1000;
  std::array<std::uint64_t, 18> usage{};  // struct rusage: two timevals, fourteen counts
  const int who = args.i32(0);
  if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD) return -EINVAL;
  const std::uint64_t time = who == RUSAGE_SELF       ? process.processor_time
                             : who == RUSAGE_CHILDREN ? process.children_time
                                                      : process.task->processor_time;
  usage[0] = time / kSecond;
  usage[1] = time % kSecond / kMicro;
  if (who != RUSAGE_CHILDREN) {
    std::uint64_t mapped = 0;
    for (const Region& region : process.memory().regions()) mapped += region.end - region.begin;
    usage[4] = mapped / 1024;  // ru_maxrss; the host's resident set is not the guest's, and varies
  }
  return process.memory().write_value(args[1], usage) ? 0 : -EFAULT;
}

std::int64_t times(Process& process, const Args& args) {
  const std::array<std::uint64_t, 4> spent = {process.processor_time / kTick, 0,
                                              process.children_time / kTick, 0};
  if (args[0] != 0 && !process.memory().write_value(args[0], spent)) return -EFAULT;
  return static_cast<std::int64_t>(process.kernel.clock.monotonic() / kTick);
}

std::int64_t sysinfo(Process& process, const Args& args) {
  struct GuestSysinfo {
    std::int64_t uptime;
    std::uint64_t loads[3], total_ram, free_ram, shared_ram, buffer_ram, total_swap, free_swap;
    std::uint16_t processes, padding;
    std::uint32_t padding2;
    std::uint64_t total_high, free_high;
    std::uint32_t unit, padding3;
  };
  static_assert(sizeof(GuestSysinfo) == 112);
  GuestSysinfo info{};
  info.uptime = static_cast<std::int64_t>(process.kernel.clock.monotonic() / kSecond);
  info.total_ram = machine::kMemory;
  info.free_ram = machine::kFreeMemory;
  info.processes = static_cast<std::uint16_t>(process.kernel.tasks().size());
  info.unit = 1;
  return process.memory().write_value(args[0], info) ? 0 : -EFAULT;
}

}  // namespace m2sim::emu::sys
