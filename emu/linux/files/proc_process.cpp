// What /proc/<pid>/ and /proc/<pid>/task/<tid>/ hold, but for status, stat, statm and maps.
#include <array>
#include <cstdarg>
#include <cstdio>
#include <vector>

#include "emu/linux/files/proc_text.h"
#include "emu/linux/loaded_program.h"
#include "emu/linux/process.h"
#include "emu/linux/uname.h"

namespace m2sim::emu {

namespace {

// Guest memory as it is now; what cannot be read is left out.
std::string memory_text(const Process& process, std::uint64_t begin, std::uint64_t end) {
  if (process.space == nullptr || end <= begin) return {};
  const std::uint64_t length = process.memory().accessible(begin, end - begin, kProtRead);
  std::string text(length, '\0');
  return process.memory().read(begin, text.data(), length) ? text : std::string();
}

const LoadedProgram* program_of(const Process& process) {
  return process.space == nullptr || !process.running() ? nullptr : process.space->program.get();
}

std::string cmdline(const Process& process, const Task* /*task*/) {
  const LoadedProgram* program = program_of(process);
  return program == nullptr ? "" : memory_text(process, program->arguments_begin, program->arguments_end);
}

std::string environment(const Process& process, const Task* /*task*/) {
  const LoadedProgram* program = program_of(process);
  return program == nullptr ? "" : memory_text(process, program->environment_begin, program->environment_end);
}

std::string auxv(const Process& process, const Task* /*task*/) {
  const LoadedProgram* program = program_of(process);
  if (program == nullptr) return {};
  return {reinterpret_cast<const char*>(program->auxv.data()), program->auxv.size()};
}

std::string comm(const Process& process, const Task* task) { return process.comm_of(task) + "\n"; }

std::string maps(const Process& process, const Task* /*task*/) { return maps_text(process, false); }
std::string smaps(const Process& process, const Task* /*task*/) { return maps_text(process, true); }

std::string mounts(const Process& /*process*/, const Task* /*task*/) {
  return "/dev/root / ext4 rw,relatime 0 0\n"
         "devtmpfs /dev devtmpfs rw,nosuid,relatime 0 0\n"
         "proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n"
         "sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0\n";
}

std::string mountinfo(const Process& /*process*/, const Task* /*task*/) {
  return "20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw\n"
         "21 20 0:5 / /dev rw,nosuid,relatime shared:2 - devtmpfs devtmpfs rw\n"
         "22 20 0:20 / /proc rw,nosuid,nodev,noexec,relatime shared:3 - proc proc rw\n"
         "23 20 0:21 / /sys rw,nosuid,nodev,noexec,relatime shared:4 - sysfs sysfs rw\n";
}

std::string mountstats(const Process& /*process*/, const Task* /*task*/) {
  return "device /dev/root mounted on / with fstype ext4\n"
         "device devtmpfs mounted on /dev with fstype devtmpfs\n"
         "device proc mounted on /proc with fstype proc\n"
         "device sysfs mounted on /sys with fstype sysfs\n";
}

// As prlimit64 answers.
std::string limits(const Process& process, const Task* /*task*/) {
  const auto number = [](std::uint64_t value) {
    return value == kUnlimited ? std::string("unlimited") : std::to_string(value);
  };
  std::string text = "Limit                     Soft Limit           Hard Limit           Units     \n";
  for (std::size_t i = 0; i < kResourceCount; ++i) {
    const ResourceName& name = resource_names()[i];
    const ResourceLimit& limit = process.limits[static_cast<Resource>(i)];
    text += formatted("Max %-21s %-20s %-20s %-10s\n", name.title.data(), number(limit.soft).c_str(),
                      number(limit.hard).c_str(), name.unit.data());
  }
  return text;
}

std::string cgroup(const Process& /*process*/, const Task* /*task*/) { return "0::/\n"; }
std::string zero(const Process& /*process*/, const Task* /*task*/) { return "0\n"; }
std::string wchan(const Process& /*process*/, const Task* /*task*/) { return "0"; }
std::string personality(const Process& process, const Task* /*task*/) {
  return formatted("%08x\n", process.personality);
}
std::string no_user(const Process& /*process*/, const Task* /*task*/) { return "4294967295"; }
std::string id_map(const Process& /*process*/, const Task* /*task*/) {
  return "         0          0 4294967295\n";
}
std::string groups_allowed(const Process& /*process*/, const Task* /*task*/) { return "allow\n"; }
std::string core_filter(const Process& /*process*/, const Task* /*task*/) { return "00000033\n"; }
std::string timer_slack(const Process& /*process*/, const Task* /*task*/) { return "50000\n"; }
std::string oom_score_adj(const Process& process, const Task* /*task*/) {
  return std::to_string(process.oom_score_adj) + "\n";
}
std::string io(const Process& /*process*/, const Task* /*task*/) {
  return "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n";
}
std::string schedstat(const Process& process, const Task* /*task*/) {
  return std::to_string(process.processor_time) + " 0 1\n";
}

std::string no_sockets(const Process& /*process*/, const Task* /*task*/) {
  return "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
}
std::string no_unix_sockets(const Process& /*process*/, const Task* /*task*/) {
  return "Num       RefCount Protocol Flags    Type St Inode Path\n";
}
std::string network_devices(const Process& /*process*/, const Task* /*task*/) {
  return "Inter-|   Receive                                                |  Transmit\n"
         " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo "
         "colls "
         "carrier compressed\n"
         "    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0  "
         "   0  "
         "     0          0\n";
}
std::string routes(const Process& /*process*/, const Task* /*task*/) {
  return "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
}
std::string internet6(const Process& /*process*/, const Task* /*task*/) {
  return "00000000000000000000000000000001 01 80 10 80       lo\n";
}

constexpr std::uint32_t kAll = 0444;
constexpr std::uint32_t kWritable = 0644;
constexpr std::uint32_t kOwner = 0400;

constexpr ProcessText kProcessTexts[] = {
    {"auxv", kOwner, auxv},
    {"cgroup", kAll, cgroup},
    {"cmdline", kAll, cmdline},
    {"comm", kWritable, comm},
    {"coredump_filter", kWritable, core_filter},
    {"environ", kOwner, environment},
    {"gid_map", kWritable, id_map},
    {"io", kOwner, io},
    {"limits", kAll, limits},
    {"loginuid", kWritable, no_user},
    {"maps", kAll, maps},
    {"mem", 0600, nullptr},
    {"mountinfo", kAll, mountinfo},
    {"mounts", kAll, mounts},
    {"mountstats", kOwner, mountstats},
    {"net/dev", kAll, network_devices},
    {"net/if_inet6", kAll, internet6},
    {"net/raw", kAll, no_sockets},
    {"net/route", kAll, routes},
    {"net/tcp", kAll, no_sockets},
    {"net/tcp6", kAll, no_sockets},
    {"net/udp", kAll, no_sockets},
    {"net/udp6", kAll, no_sockets},
    {"net/unix", kAll, no_unix_sockets},
    {"oom_adj", kWritable, zero},
    {"oom_score", kAll, zero},
    {"oom_score_adj", kWritable, oom_score_adj},
    {"pagemap", kOwner, nullptr},
    {"personality", kOwner, personality},
    {"schedstat", kAll, schedstat},
    {"sessionid", kAll, no_user},
    {"setgroups", kWritable, groups_allowed},
    {"smaps", kAll, smaps},
    {"smaps_rollup", kAll, rollup_text},
    {"stat", kAll, stat_text},
    {"statm", kAll, statm_text},
    {"status", kAll, status_text},
    {"timerslack_ns", 0666, timer_slack},
    {"uid_map", kWritable, id_map},
    {"wchan", kAll, wchan},
};

}  // namespace

std::span<const ProcessText> process_texts() { return kProcessTexts; }

std::string formatted(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  std::va_list again;
  va_copy(again, arguments);
  std::string text(static_cast<std::size_t>(std::vsnprintf(nullptr, 0, format, arguments)), '\0');
  va_end(arguments);
  std::vsnprintf(text.data(), text.size() + 1, format, again);
  va_end(again);
  return text;
}

}  // namespace m2sim::emu
