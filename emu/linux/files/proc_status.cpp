// /proc/<pid>/status, stat, statm, maps and smaps.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "emu/linux/files/memory_use.h"
#include "emu/linux/files/proc_text.h"
#include "emu/linux/loaded_program.h"
#include "emu/linux/process.h"
#include "emu/linux/tracing.h"
#include "emu/linux/uname.h"

namespace m2sim::emu {

namespace {

// Bytes of a process's memory by what they are for.
struct Sizes {
  std::uint64_t mapped = 0, resident = 0, code = 0, libraries = 0, data = 0, stack = 0, anonymous = 0;
  std::uint64_t files = 0, shared = 0, locked = 0;
};

Sizes sizes_of(const Process& process) {
  Sizes sizes;
  if (process.space == nullptr || !process.running()) return sizes;
  const std::string& program = process.paths.program();
  for (const Region& region : process.memory().regions()) {
    const std::uint64_t size = region.end - region.begin;
    sizes.mapped += size;
    if (region.locked) sizes.locked += size;
    if (region.name == "[stack]") sizes.stack += size;
    const bool of_program = process.paths.guest_name(region.name) == program;
    if (region.executable()) (of_program ? sizes.code : sizes.libraries) += size;
    if (!region.shared && (region.protection & kProtWrite) != 0 && region.name != "[stack]")
      sizes.data += size;
    const std::uint64_t resident = resident_of(process, region);
    sizes.resident += resident;
    (region.shared ? sizes.shared : region.file ? sizes.files : sizes.anonymous) += resident;
  }
  return sizes;
}

struct State {
  char letter;
  const char* name;
};

State state_of(const Process& process, const Task* task) {
  if (!process.running() || task == nullptr) return {'Z', "zombie"};
  if (task->tracing != nullptr && task->tracing->stopped()) return {'t', "tracing stop"};
  if (process.stopped) return {'T', "stopped"};
  // A thread in a call is running, and that of the reader always is.
  return task->state == Task::State::kWaiting ? State{'S', "sleeping"} : State{'R', "running"};
}

int tracer_of(const Task* task) {
  return task == nullptr || task->tracing == nullptr ? 0 : task->tracing->tracer->process->pid;
}

// Signals that are ignored, and those that a handler takes.
std::array<std::uint64_t, 2> dispositions(const Process& process) {
  std::array<std::uint64_t, 2> sets{};
  for (int signal = 1; signal <= kSignalCount; ++signal) {
    const std::uint64_t handler = process.actions[static_cast<std::size_t>(signal)].handler;
    if (handler == 1) sets[0] |= signal_bit(signal);
    if (handler > 1) sets[1] |= signal_bit(signal);
  }
  return sets;
}

std::string memory_lines(const Sizes& sizes) {
  struct Line {
    const char* name;
    std::uint64_t bytes;
  };
  const std::array lines = {Line{"VmPeak", sizes.mapped},
                            Line{"VmSize", sizes.mapped},
                            Line{"VmLck", sizes.locked},
                            Line{"VmPin", 0},
                            Line{"VmHWM", sizes.resident},
                            Line{"VmRSS", sizes.resident},
                            Line{"RssAnon", sizes.anonymous},
                            Line{"RssFile", sizes.files},
                            Line{"RssShmem", sizes.shared},
                            Line{"VmData", sizes.data},
                            Line{"VmStk", sizes.stack},
                            Line{"VmExe", sizes.code},
                            Line{"VmLib", sizes.libraries},
                            Line{"VmPTE", sizes.mapped / kGuestPage * 8},
                            Line{"VmSwap", 0},
                            Line{"HugetlbPages", 0}};
  std::string text;
  for (const Line& line : lines) text += formatted("%s:\t%8lu kB\n", line.name, line.bytes / kKilo);
  return text + "CoreDumping:\t0\nTHP_enabled:\t1\n";
}

std::string signal_lines(const Process& process, const Task* task) {
  const auto [ignored, caught] = dispositions(process);
  const std::uint64_t own = task == nullptr ? 0 : task->signals.queue.pending();
  const std::uint64_t blocked = task == nullptr ? 0 : task->signals.blocked;
  return formatted(
      "SigQ:\t0/1024\nSigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\nSigIgn:\t%016lx\nSigCgt:\t%016lx\n",
      own, process.signals.pending(), blocked, ignored, caught);
}

std::string capability_lines(const Process& process) {
  const CapabilitySets& sets = process.credentials.capabilities();
  return formatted("CapInh:\t%016lx\nCapPrm:\t%016lx\nCapEff:\t%016lx\nCapBnd:\t%016lx\nCapAmb:\t%016lx\n",
                   sets.inheritable, sets.permitted, sets.effective, sets.bounding, sets.ambient);
}

std::string user_lines(const Credentials& credentials) {
  const Identity& user = credentials.user();
  const Identity& group = credentials.group();
  std::string text = formatted("Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n", user.real, user.effective,
                               user.saved, user.files, group.real, group.effective, group.saved, group.files);
  return text;
}

std::string identity_lines(const Process& process, const Task* task) {
  const int id = task == nullptr ? process.pid : task->id;
  const State state = state_of(process, task);
  std::string text = formatted("Name:\t%s\nUmask:\t%04o\nState:\t%c (%s)\n", process.comm_of(task).c_str(),
                               process.umask, state.letter, state.name);
  text += formatted("Tgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t%d\n", process.pid, id,
                    std::max(process.parent, 1), tracer_of(task));
  text += user_lines(process.credentials);
  constexpr int kLeastTable = 64;
  text += formatted("FDSize:\t%d\nGroups:\t", std::max(kLeastTable, process.fds->size()));
  for (const std::uint32_t each : process.credentials.groups()) text += formatted("%u ", each);
  text += process.credentials.groups().empty() ? " \n" : "\n";
  return text + formatted("NStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\nKthread:\t0\n", process.pid, id,
                          process.group, process.session);
}

std::string seccomp_lines(const Process& process, const Task* task) {
  unsigned filters = 0;
  const SeccompFilter* filter = task == nullptr ? nullptr : task->seccomp.get();
  for (; filter != nullptr; filter = filter->before.get()) ++filters;
  const bool strict = task != nullptr && task->strict;
  return formatted("NoNewPrivs:\t%d\nSeccomp:\t%d\nSeccomp_filters:\t%u\n", process.no_new_privileges ? 1 : 0,
                   strict         ? 1
                   : filters == 0 ? 0
                                  : 2,
                   filters);
}

// One mapping, as maps shows it.
std::string maps_line(const Process& process, const Region& region) {
  const auto flag = [&region](std::uint8_t bit, char letter) {
    return (region.protection & bit) != 0 ? letter : '-';
  };
  constexpr unsigned kDeviceShift = 48;  // Region::object
  const std::uint64_t object = region.file ? region.object : 0;
  const std::uint64_t device = object >> kDeviceShift;
  std::string line = formatted("%08lx-%08lx %c%c%c%c %08lx %02lx:%02lx %lu", region.begin, region.end,
                               flag(kProtRead, 'r'), flag(kProtWrite, 'w'), flag(kProtExec, 'x'),
                               region.shared ? 's' : 'p', region.file ? region.offset : 0UL, device >> 8U,
                               device & 0xffU, object & ((std::uint64_t{1} << kDeviceShift) - 1));
  if (region.name.empty()) return line + " \n";
  constexpr std::size_t kNameColumn = 73;
  line.resize(std::max(line.size() + 1, kNameColumn), ' ');
  return line + process.paths.guest_name(region.name) + "\n";
}

std::string size_lines(std::uint64_t size, const MemoryUse& use) {
  struct Line {
    const char* name;
    std::uint64_t bytes;
  };
  const std::array lines = {Line{"Rss:", use.resident},
                            Line{"Pss:", use.proportional},
                            Line{"Pss_Dirty:", use.shared_dirty + use.private_dirty},
                            Line{"Shared_Clean:", use.shared_clean},
                            Line{"Shared_Dirty:", use.shared_dirty},
                            Line{"Private_Clean:", use.private_clean},
                            Line{"Private_Dirty:", use.private_dirty},
                            Line{"Referenced:", use.resident},
                            Line{"Anonymous:", use.anonymous},
                            Line{"LazyFree:", 0},
                            Line{"AnonHugePages:", 0},
                            Line{"ShmemPmdMapped:", 0},
                            Line{"FilePmdMapped:", 0},
                            Line{"Shared_Hugetlb:", 0},
                            Line{"Private_Hugetlb:", 0},
                            Line{"Swap:", 0},
                            Line{"SwapPss:", 0},
                            Line{"Locked:", use.locked}};
  std::string text;
  if (size != 0) {
    text = formatted("Size:           %8lu kB\nKernelPageSize: %8lu kB\nMMUPageSize:    %8lu kB\n",
                     size / kKilo, kGuestPage / kKilo, kGuestPage / kKilo);
  }
  for (const Line& line : lines) text += formatted("%-15s %8lu kB\n", line.name, line.bytes / kKilo);
  return text;
}

// The flags of a mapping, by two letters each.
std::string flag_line(const Region& region) {
  std::string text = "THPeligible:    0\nVmFlags:";
  if ((region.protection & kProtRead) != 0) text += " rd";
  if ((region.protection & kProtWrite) != 0) text += " wr";
  if ((region.protection & kProtExec) != 0) text += " ex";
  if (region.shared) text += " sh";
  text += " mr mw me";
  if (region.shared) text += " ms";
  if (region.name == "[stack]") text += " gd";
  if (region.locked) text += " lo";
  if (region.at_fork == AtFork::kNothing) text += " dc";
  if (region.at_fork == AtFork::kZeros) text += " wf";
  return text + " \n";
}

}  // namespace

std::string maps_text(const Process& process, bool with_sizes) {
  std::string text;
  if (process.space == nullptr || !process.running()) return text;
  for (const Region& region : process.memory().regions()) {
    text += maps_line(process, region);
    if (with_sizes)
      text += size_lines(region.end - region.begin, use_of(process, region)) + flag_line(region);
  }
  return text;
}

std::string rollup_text(const Process& process, const Task* /*task*/) {
  if (process.space == nullptr || !process.running() || process.memory().regions().empty()) return {};
  MemoryUse all;
  const auto& regions = process.memory().regions();
  for (const Region& region : regions) all.add(use_of(process, region));
  std::string line =
      formatted("%08lx-%08lx ---p 00000000 00:00 0", regions.front().begin, regions.back().end);
  constexpr std::size_t kNameColumn = 73;
  line.resize(std::max(line.size() + 1, kNameColumn), ' ');
  return line + "[rollup]\n" + size_lines(0, all);
}

std::string statm_text(const Process& process, const Task* /*task*/) {
  const Sizes sizes = sizes_of(process);
  const auto pages = [](std::uint64_t bytes) { return bytes / kGuestPage; };
  return formatted("%lu %lu %lu %lu 0 %lu 0\n", pages(sizes.mapped), pages(sizes.resident),
                   pages(sizes.files + sizes.shared), pages(sizes.code), pages(sizes.data + sizes.stack));
}

std::string status_text(const Process& process, const Task* task) {
  std::string text = identity_lines(process, task);
  if (process.running()) text += memory_lines(sizes_of(process));
  text += formatted("Threads:\t%u\n", std::max(process.kernel.threads_of(process), 1U));
  text += signal_lines(process, task) + capability_lines(process);
  text += seccomp_lines(process, task);
  return text +
         "Speculation_Store_Bypass:\tthread vulnerable\nSpeculationIndirectBranch:\tunknown\n"
         "Cpus_allowed:\t1\nCpus_allowed_list:\t0\nMems_allowed:\t1\nMems_allowed_list:\t0\n"
         "voluntary_ctxt_switches:\t0\nnonvoluntary_ctxt_switches:\t0\n";
}

// The fields of proc(5), 52 of them.
std::string stat_text(const Process& process, const Task* task) {
  const Sizes sizes = sizes_of(process);
  const bool alive = process.running() && process.space != nullptr && process.space->program != nullptr;
  const LoadedProgram nothing;
  const LoadedProgram& program = alive ? *process.space->program : nothing;
  const auto [ignored, caught] = dispositions(process);
  const std::uint64_t code_begin = program.image.segments.empty() ? 0 : program.image.begin() + program.bias;
  std::string text =
      formatted("%d (%s) %c %d %d %d 0 -1 4194304 0 0 0 0", task == nullptr ? process.pid : task->id,
                process.comm_of(task).c_str(), state_of(process, task).letter, std::max(process.parent, 1),
                process.group, process.session);
  // utime to starttime.
  const Task* const scheduled = task == nullptr ? process.kernel.task(process.pid) : task;
  const Scheduling scheduling = scheduled == nullptr ? Scheduling{} : scheduled->scheduling;
  const int priority = scheduling.priority != 0 ? -1 - scheduling.priority : 20 + scheduling.nice;
  text += formatted(" %lu 0 0 0 %d %d %u 0 %lu", process.processor_time / kTick, priority, scheduling.nice,
                    std::max(process.kernel.threads_of(process), 1U), process.started / kTick);
  text += formatted(" %lu %lu %lu %lu %lu %lu 0 0", sizes.mapped, sizes.resident / kGuestPage, UINT64_MAX,
                    code_begin, code_begin + sizes.code, program.stack_pointer);
  text += formatted(" %lu %lu %lu %lu", process.signals.pending(),
                    task == nullptr ? 0 : task->signals.blocked, ignored, caught);
  // wchan to cguest_time.
  text += formatted(" 0 0 0 17 0 %d %d 0 0 0", scheduling.priority, scheduling.policy);
  return text + formatted(" %lu %lu %lu %lu %lu %lu %lu %d\n", code_begin + sizes.code, program.brk_start,
                          program.brk_start, program.arguments_begin, program.arguments_end,
                          program.environment_begin, program.environment_end,
                          process.running() ? 0 : process.end.status << 8);
}

}  // namespace m2sim::emu
