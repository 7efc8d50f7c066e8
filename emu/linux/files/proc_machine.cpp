// What /proc and /sys say of the machine: one P-core, and what machine.h tells.
#include <algorithm>

#include "emu/cpu/cpu_state.h"
#include "emu/cpu/hwcap.h"
#include "emu/cpu/id_registers.h"
#include "emu/linux/files/proc_text.h"
#include "emu/linux/process.h"
#include "emu/linux/uname.h"

namespace m2sim::emu {

namespace {

// As arm64 Linux writes it. BogoMIPS come from the counter's frequency, not from the core.
std::string cpuinfo(Kernel& system) {
  const Cpu cpu = system.options.cpu;
  const std::uint64_t midr = processor(cpu).midr_el1;
  constexpr std::uint64_t kHundredth = 5000;  // of 2 BogoMIPS a MHz
  const std::uint64_t bogo = kCounterHz / kHundredth;
  std::string text = "processor\t: 0\n";
  text += formatted("BogoMIPS\t: %lu.%02lu\nFeatures\t:", bogo / 100, bogo % 100);
  for (const Hwcap& cap : kHwcaps) {
    if (cap.word != 0 && is_listed(cap, cpu)) text += " " + std::string(cap.name);
  }
  return text + formatted(
                    "\nCPU implementer\t: 0x%02lx\nCPU architecture: 8\nCPU variant\t: 0x%lx\n"
                    "CPU part\t: 0x%03lx\nCPU revision\t: %lu\n\n",
                    midr >> 24U & 0xffU, midr >> 20U & 15U, midr >> 4U & 0xfffU, midr & 15U);
}

std::string meminfo(Kernel& /*system*/) {
  struct Line {
    const char* name;
    std::uint64_t bytes;
  };
  constexpr Line kLines[] = {{"MemTotal:", machine::kMemory},
                             {"MemFree:", machine::kFreeMemory},
                             {"MemAvailable:", machine::kFreeMemory},
                             {"Buffers:", 0},
                             {"Cached:", 0},
                             {"SwapCached:", 0},
                             {"Active:", 0},
                             {"Inactive:", 0},
                             {"Unevictable:", 0},
                             {"Mlocked:", 0},
                             {"SwapTotal:", 0},
                             {"SwapFree:", 0},
                             {"Dirty:", 0},
                             {"Writeback:", 0},
                             {"AnonPages:", machine::kMemory - machine::kFreeMemory},
                             {"Mapped:", 0},
                             {"Shmem:", 0},
                             {"Slab:", 0},
                             {"SReclaimable:", 0},
                             {"SUnreclaim:", 0},
                             {"PageTables:", 0},
                             {"CommitLimit:", machine::kMemory / 2},
                             {"Committed_AS:", machine::kMemory - machine::kFreeMemory},
                             {"VmallocTotal:", std::uint64_t{1} << 47U},
                             {"VmallocUsed:", 0}};
  std::string text;
  for (const Line& line : kLines) text += formatted("%-16s%8lu kB\n", line.name, line.bytes / kKilo);
  return text + "HugePages_Total:       0\nHugePages_Free:        0\nHugepagesize:      32768 kB\n";
}

std::size_t running(const Kernel& kernel) {
  const auto runs = [](const auto& task) { return task->state == Task::State::kRunnable; };
  const auto count = std::count_if(kernel.tasks().begin(), kernel.tasks().end(), runs);
  return std::max<std::size_t>(static_cast<std::size_t>(count), 1);
}

int last_id(const Kernel& kernel) {
  int last = 0;
  for (const auto& process : kernel.processes()) last = std::max(last, process->pid);
  for (const auto& task : kernel.tasks()) last = std::max(last, task->id);
  return last;
}

std::string stat(Kernel& kernel) {
  const std::uint64_t busy = kernel.clock.executed / kTick;
  const std::uint64_t idle = kernel.clock.not_executed() / kTick;
  const std::uint64_t boot = (kernel.clock.realtime() - kernel.clock.monotonic()) / kSecond;
  std::string text =
      formatted("cpu  %lu 0 0 %lu 0 0 0 0 0 0\ncpu0 %lu 0 0 %lu 0 0 0 0 0 0\n", busy, idle, busy, idle);
  text += formatted("intr 0\nctxt 0\nbtime %lu\nprocesses %d\n", boot, last_id(kernel));
  return text +
         formatted("procs_running %zu\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n", running(kernel));
}

std::string uptime(Kernel& kernel) {
  const auto hundredths = [](std::uint64_t time) { return time / (kSecond / 100); };
  const std::uint64_t up = hundredths(kernel.clock.monotonic());
  const std::uint64_t idle = hundredths(kernel.clock.not_executed());
  return formatted("%lu.%02lu %lu.%02lu\n", up / 100, up % 100, idle / 100, idle % 100);
}

// As sysinfo: nothing else has been running.
std::string loadavg(Kernel& kernel) {
  return formatted("0.00 0.00 0.00 %zu/%zu %d\n", running(kernel), kernel.tasks().size(), last_id(kernel));
}

std::string version(Kernel& /*system*/) {
  return std::string(machine::kSystem) + " version " + std::string(machine::kRelease) + " (m2sim) " +
         std::string(machine::kVersion) + "\n";
}

std::string file_systems(Kernel& /*system*/) {
  return "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tdevtmpfs\nnodev\tpipefs\nnodev\tsockfs\n\text4\n";
}

// A random UUID, version 4.
std::string uuid(std::uint64_t high, std::uint64_t low) {
  high = (high & ~std::uint64_t{0xf000}) | 0x4000;
  low = (low & (~std::uint64_t{0} >> 2U)) | std::uint64_t{1} << 63U;
  return formatted("%08lx-%04lx-%04lx-%04lx-%012lx\n", high >> 32U, high >> 16U & 0xffffU, high & 0xffffU,
                   low >> 48U, low & ((std::uint64_t{1} << 48U) - 1));
}

std::string boot_id(Kernel& /*system*/) {
  GuestRandom random;
  const std::uint64_t high = random.next();
  return uuid(high, random.next());
}

std::string new_uuid(Kernel& kernel) {
  const std::uint64_t high = kernel.random.next();
  return uuid(high, kernel.random.next());
}

template <const std::string_view& kText>
std::string line_of(Kernel& /*system*/) {
  return std::string(kText) + "\n";
}

template <std::uint64_t kNumber>
std::string number(Kernel& /*system*/) {
  return std::to_string(kNumber) + "\n";
}

std::string nothing(Kernel& /*system*/) { return {}; }
std::string zero_range(Kernel& /*system*/) { return "0\n"; }
std::string empty_line(Kernel& /*system*/) { return "\n"; }
std::string one_bit(Kernel& /*system*/) { return "1\n"; }
std::string pending_files(Kernel& /*system*/) { return "0\t0\t9223372036854775807\n"; }
std::string data_cache(Kernel& /*system*/) { return "Data\n"; }
std::string instruction_cache(Kernel& /*system*/) { return "Instruction\n"; }
std::string unified_cache(Kernel& /*system*/) { return "Unified\n"; }
template <std::uint64_t kBytes>
std::string kilobytes(Kernel& /*system*/) {
  return std::to_string(kBytes / kKilo) + "K\n";
}
std::string midr(Kernel& system) { return formatted("0x%016lx\n", processor(system.options.cpu).midr_el1); }
std::string revidr(Kernel& /*system*/) { return formatted("0x%016lx\n", kRevidrEl1); }
std::string huge_pages(Kernel& /*system*/) { return "always [madvise] never\n"; }
std::string port_range(Kernel& /*system*/) { return "32768\t60999\n"; }

// published: sizes and ways of the M2 P-core's caches (Apple's device trees, and measured on the core).
constexpr std::uint64_t kInstructionCache = 192 * 1024;
constexpr std::uint64_t kDataCache = 128 * 1024;
constexpr std::uint64_t kSharedCache = 16 * 1024 * 1024;

constexpr MachineText kMachineTexts[] = {
    {"/proc/cmdline", empty_line},
    {"/proc/cpuinfo", cpuinfo},
    {"/proc/diskstats", nothing},
    {"/proc/filesystems", file_systems},
    {"/proc/interrupts", nothing},
    {"/proc/loadavg", loadavg},
    {"/proc/meminfo", meminfo},
    {"/proc/modules", nothing},
    {"/proc/partitions", nothing},
    {"/proc/stat", stat},
    {"/proc/swaps", nothing},
    {"/proc/sys/fs/file-max", number<INT64_MAX>},
    {"/proc/sys/fs/file-nr", pending_files},
    {"/proc/sys/fs/inotify/max_user_watches", number<65536>},
    {"/proc/sys/fs/nr_open", number<1048576>},
    {"/proc/sys/fs/pipe-max-size", number<1048576>},
    {"/proc/sys/fs/protected_hardlinks", number<0>},
    {"/proc/sys/fs/protected_symlinks", number<0>},
    {"/proc/sys/kernel/cap_last_cap", number<40>},
    {"/proc/sys/kernel/core_pattern", empty_line},
    {"/proc/sys/kernel/domainname", line_of<machine::kDomain>},
    {"/proc/sys/kernel/hostname", line_of<machine::kHostName>},
    {"/proc/sys/kernel/ngroups_max", number<65536>},
    {"/proc/sys/kernel/osrelease", line_of<machine::kRelease>},
    {"/proc/sys/kernel/ostype", line_of<machine::kSystem>},
    {"/proc/sys/kernel/pid_max", number<machine::kMostProcessId>},
    {"/proc/sys/kernel/random/boot_id", boot_id},
    {"/proc/sys/kernel/random/entropy_avail", number<256>},
    {"/proc/sys/kernel/random/poolsize", number<256>},
    {"/proc/sys/kernel/random/uuid", new_uuid},
    {"/proc/sys/kernel/randomize_va_space", number<0>},
    {"/proc/sys/kernel/threads-max", number<65536>},
    {"/proc/sys/kernel/version", line_of<machine::kVersion>},
    {"/proc/sys/net/core/somaxconn", number<4096>},
    {"/proc/sys/net/ipv4/ip_local_port_range", port_range},
    {"/proc/sys/vm/max_map_count", number<65530>},
    {"/proc/sys/vm/mmap_min_addr", number<32768>},
    {"/proc/sys/vm/overcommit_memory", number<0>},
    {"/proc/sys/vm/overcommit_ratio", number<50>},
    {"/proc/sys/vm/swappiness", number<60>},
    {"/proc/sysvipc/msg", queues_text},
    {"/proc/sysvipc/sem", semaphores_text},
    {"/proc/sysvipc/shm", segments_text},
    {"/proc/tty/drivers", nothing},
    {"/proc/uptime", uptime},
    {"/proc/version", version},
    {"/proc/vmstat", nothing},
    {"/sys/devices/system/cpu/cpu0/cache/index0/coherency_line_size", number<64>},
    {"/sys/devices/system/cpu/cpu0/cache/index0/level", number<1>},
    {"/sys/devices/system/cpu/cpu0/cache/index0/number_of_sets", number<kDataCache / 64 / 8>},
    {"/sys/devices/system/cpu/cpu0/cache/index0/shared_cpu_list", zero_range},
    {"/sys/devices/system/cpu/cpu0/cache/index0/shared_cpu_map", one_bit},
    {"/sys/devices/system/cpu/cpu0/cache/index0/size", kilobytes<kDataCache>},
    {"/sys/devices/system/cpu/cpu0/cache/index0/type", data_cache},
    {"/sys/devices/system/cpu/cpu0/cache/index0/ways_of_associativity", number<8>},
    {"/sys/devices/system/cpu/cpu0/cache/index1/coherency_line_size", number<64>},
    {"/sys/devices/system/cpu/cpu0/cache/index1/level", number<1>},
    {"/sys/devices/system/cpu/cpu0/cache/index1/number_of_sets", number<kInstructionCache / 64 / 6>},
    {"/sys/devices/system/cpu/cpu0/cache/index1/shared_cpu_list", zero_range},
    {"/sys/devices/system/cpu/cpu0/cache/index1/shared_cpu_map", one_bit},
    {"/sys/devices/system/cpu/cpu0/cache/index1/size", kilobytes<kInstructionCache>},
    {"/sys/devices/system/cpu/cpu0/cache/index1/type", instruction_cache},
    {"/sys/devices/system/cpu/cpu0/cache/index1/ways_of_associativity", number<6>},
    {"/sys/devices/system/cpu/cpu0/cache/index2/coherency_line_size", number<128>},
    {"/sys/devices/system/cpu/cpu0/cache/index2/level", number<2>},
    {"/sys/devices/system/cpu/cpu0/cache/index2/number_of_sets", number<kSharedCache / 128 / 16>},
    {"/sys/devices/system/cpu/cpu0/cache/index2/shared_cpu_list", zero_range},
    {"/sys/devices/system/cpu/cpu0/cache/index2/shared_cpu_map", one_bit},
    {"/sys/devices/system/cpu/cpu0/cache/index2/size", kilobytes<kSharedCache>},
    {"/sys/devices/system/cpu/cpu0/cache/index2/type", unified_cache},
    {"/sys/devices/system/cpu/cpu0/cache/index2/ways_of_associativity", number<16>},
    {"/sys/devices/system/cpu/cpu0/regs/identification/midr_el1", midr},
    {"/sys/devices/system/cpu/cpu0/regs/identification/revidr_el1", revidr},
    {"/sys/devices/system/cpu/cpu0/topology/cluster_id", number<0>},
    {"/sys/devices/system/cpu/cpu0/topology/core_cpus", one_bit},
    {"/sys/devices/system/cpu/cpu0/topology/core_cpus_list", zero_range},
    {"/sys/devices/system/cpu/cpu0/topology/core_id", number<0>},
    {"/sys/devices/system/cpu/cpu0/topology/core_siblings", one_bit},
    {"/sys/devices/system/cpu/cpu0/topology/core_siblings_list", zero_range},
    {"/sys/devices/system/cpu/cpu0/topology/package_cpus", one_bit},
    {"/sys/devices/system/cpu/cpu0/topology/package_cpus_list", zero_range},
    {"/sys/devices/system/cpu/cpu0/topology/physical_package_id", number<0>},
    {"/sys/devices/system/cpu/cpu0/topology/thread_siblings", one_bit},
    {"/sys/devices/system/cpu/cpu0/topology/thread_siblings_list", zero_range},
    {"/sys/devices/system/cpu/isolated", empty_line},
    {"/sys/devices/system/cpu/kernel_max", number<0>},
    {"/sys/devices/system/cpu/offline", empty_line},
    {"/sys/devices/system/cpu/online", zero_range},
    {"/sys/devices/system/cpu/possible", zero_range},
    {"/sys/devices/system/cpu/present", zero_range},
    {"/sys/devices/system/node/has_cpu", zero_range},
    {"/sys/devices/system/node/node0/cpulist", zero_range},
    {"/sys/devices/system/node/node0/cpumap", one_bit},
    {"/sys/devices/system/node/online", zero_range},
    {"/sys/devices/system/node/possible", zero_range},
    {"/sys/kernel/mm/transparent_hugepage/enabled", huge_pages},
    {"/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", number<(32U << 20U)>},
    {"/sys/kernel/mm/transparent_hugepage/shmem_enabled", huge_pages},
};

}  // namespace

std::span<const MachineText> machine_texts() { return kMachineTexts; }

}  // namespace m2sim::emu
