#include "emu/linux/resource_limits.h"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <optional>

#include "emu/linux/process.h"
#include "emu/linux/uname.h"

namespace m2sim::emu {

namespace {

constexpr std::uint64_t kMega = std::uint64_t{1} << 20U;
constexpr std::uint64_t kSoftFiles = 1024;
constexpr std::uint64_t kQueueBytes = 819'200;
// Half as many threads as would fill an eighth of the memory with their kernel stacks of 16 KiB.
constexpr std::uint64_t kThreads = machine::kMemory / (std::uint64_t{16384} * 8) / 2;

constexpr std::array<ResourceName, kResourceCount> kNames = {{
    {"cpu", "cpu time", "seconds"},
    {"fsize", "file size", "bytes"},
    {"data", "data size", "bytes"},
    {"stack", "stack size", "bytes"},
    {"core", "core file size", "bytes"},
    {"rss", "resident set", "bytes"},
    {"nproc", "processes", "processes"},
    {"nofile", "open files", "files"},
    {"memlock", "locked memory", "bytes"},
    {"as", "address space", "bytes"},
    {"locks", "file locks", "locks"},
    {"sigpending", "pending signals", "signals"},
    {"msgqueue", "msgqueue size", "bytes"},
    {"nice", "nice priority", ""},
    {"rtprio", "realtime priority", ""},
    {"rttime", "realtime timeout", "us"},
}};

// Counted from the process's start; once it is over, one more each `every`.
void arm_limit(Timer& timer, std::uint64_t seconds, int signal, std::uint64_t every) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  constexpr std::uint64_t kMostSeconds = UINT64_MAX / kSecond;
  timer.clock = Timer::Clock::kProcess;
  timer.target = Timer::Target::kProcess;
  timer.info = {signal, SI_KERNEL, {}};
  if (seconds > kMostSeconds) {
    timer.set(std::nullopt, 0);
  } else {
    timer.set(std::max(seconds, std::uint64_t{1}) * kSecond, every * kSecond);
  }
}

// As deep as is free below it: Linux's grows as it is used, to where the limit was when it is.
void deepen_stack(AddressSpace& space, std::uint64_t soft) {
  Memory& memory = space.memory;
  const std::uint64_t has = space.stack_end - space.stack_begin;
  if (space.stack_end == 0 || soft <= has) return;
  const std::uint64_t floor = memory.search_top() + kStackGuard;
  if (floor >= space.stack_begin) return;
  const std::uint64_t room = std::min(soft - has, space.stack_begin - floor) / kGuestPage * kGuestPage;
  const Region* lowest = memory.region_at(space.stack_begin);
  if (room == 0 || lowest == nullptr || !memory.is_free(space.stack_begin - room, room)) return;
  if (memory.map(space.stack_begin - room, room, lowest->protection, "[stack]")) space.stack_begin -= room;
}

}  // namespace

std::span<const ResourceName, kResourceCount> resource_names() { return kNames; }

ResourceLimits::ResourceLimits() {
  auto& limits = *this;
  limits[Resource::kStack].soft = 8 * kMega;
  limits[Resource::kCore].soft = 0;
  limits[Resource::kProcesses] = {kThreads, kThreads};
  limits[Resource::kOpenFiles] = {kSoftFiles, kMostOpenFiles};
  limits[Resource::kLocked] = {8 * kMega, 8 * kMega};
  limits[Resource::kSignals] = {kThreads, kThreads};
  limits[Resource::kQueues] = {kQueueBytes, kQueueBytes};
  limits[Resource::kNice] = {0, 0};
  limits[Resource::kRealTimePriority] = {0, 0};
}

std::uint64_t most_arguments(const ResourceLimits& limits) {
  constexpr std::uint64_t kLeast = 128 * 1024;
  return std::clamp(limits[Resource::kStack].soft / 4, kLeast, 6 * kMega);
}

void Process::set_limit(Resource resource, const ResourceLimit& limit) {
  limits[resource] = limit;
  switch (resource) {
    case Resource::kCpu:
      arm_limit(limit_timers[0], limit.soft, SIGXCPU, 1);
      arm_limit(limit_timers[1], limit.hard, SIGKILL, 0);
      break;
    case Resource::kOpenFiles:
      fds->set_most(static_cast<int>(std::min(limit.soft, kMostOpenFiles)));
      break;
    case Resource::kStack:
      deepen_stack(*space, limit.soft);
      break;
    default:
      break;
  }
}

}  // namespace m2sim::emu
