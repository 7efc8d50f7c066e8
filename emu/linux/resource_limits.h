// What a process may use at most (setrlimit): kept over execve, inherited by fork.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace m2sim::emu {

inline constexpr std::uint64_t kUnlimited = UINT64_MAX;  // RLIM_INFINITY

// struct rlimit64.
struct ResourceLimit {
  std::uint64_t soft = kUnlimited;
  std::uint64_t hard = kUnlimited;
};

// Linux's numbers of them, the generic ones.
enum class Resource : std::uint8_t {
  kCpu,  // seconds of processor time: SIGXCPU each second from the soft limit on, SIGKILL at the hard one
  kFileSize,   // SIGXFSZ and EFBIG
  kData,       // brk and private writable mappings
  kStack,      // of the main thread
  kCore,       // no core file is ever written
  kResident,   // Linux enforces nothing
  kProcesses,  // not for uid 0
  kOpenFiles,
  kLocked,  // not for uid 0
  kAddressSpace,
  kLocks,    // Linux enforces nothing
  kSignals,  // that are pending
  kQueues,   // bytes of POSIX message queues
  kNice,
  kRealTimePriority,
  kRealTime,
};
inline constexpr std::size_t kResourceCount = 16;

// Beyond it no hard limit goes (nr_open); what a kernel starts with.
inline constexpr std::uint64_t kMostOpenFiles = 4096;

// How users and /proc name one: `option` as bash and `--rlimit` have it.
struct ResourceName {
  std::string_view option;
  std::string_view title;  // of /proc/<pid>/limits
  std::string_view unit;
};
std::span<const ResourceName, kResourceCount> resource_names();

class ResourceLimits {
 public:
  ResourceLimits();  // what a Linux with the memory of the emulated machine gives its first process

  ResourceLimit& operator[](Resource resource) { return limits_[static_cast<std::size_t>(resource)]; }
  const ResourceLimit& operator[](Resource resource) const {
    return limits_[static_cast<std::size_t>(resource)];
  }

 private:
  std::array<ResourceLimit, kResourceCount> limits_;
};

// Bytes of the arguments and the environment of a new program: a quarter of its stack, within bounds.
std::uint64_t most_arguments(const ResourceLimits& limits);

}  // namespace m2sim::emu
