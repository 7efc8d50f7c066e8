// Files of gperftools' CPU profiler: stacks of program counters with how often each was seen, as words of the
// host, and behind them the mappings of the process as text.
//
//   0, 3, version 0, period in us, padding;  records (count, depth, pc...);  0, 1, 0;  /proc/PID/maps
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/profile/profile.h"

namespace m2sim::cmd {

struct CpuProfileRecord {
  std::uint64_t count;
  std::vector<std::uint64_t> stack;  // the interrupted function first, then its callers
};

struct CpuProfile {
  std::uint64_t period_us = 0;
  std::vector<CpuProfileRecord> records;
  std::string maps;
};

// Throws UserError, naming `path`, when the bytes are no such profile.
CpuProfile parse_cpu_profile(std::string_view bytes, const std::string& path);
std::string cpu_profile_bytes(const CpuProfile& profile);

// Records of several processes with the same mappings (each was forked from this one).
CpuProfile merged(const std::vector<CpuProfile>& profiles);

// Samples by interrupted function, most first.
FunctionProfile functions_of(const CpuProfile& profile, const std::string& path);

}  // namespace m2sim::cmd
