// gperftools' heap profiles, a text:
//
//   heap profile:  <live objects>: <live bytes> [<objects>: <bytes>] @ heapprofile
//   <live objects>: <live bytes> [<objects>: <bytes>] @ 0x<pc> 0x<pc> ...
//   MAPPED_LIBRARIES:
//   <the text of /proc/PID/maps>
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/profile/profile.h"

namespace m2sim::cmd {

struct HeapCounts {
  std::uint64_t live_objects = 0;
  std::uint64_t live_bytes = 0;
  std::uint64_t objects = 0;  // ever allocated
  std::uint64_t bytes = 0;
  HeapCounts& operator+=(const HeapCounts& other);
};

struct HeapRecord {
  HeapCounts counts;
  std::vector<std::uint64_t> stack;  // who called the allocator first; return addresses
};

struct HeapProfile {
  std::vector<HeapRecord> records;
  std::string maps;
};

// Throws UserError, naming `path`, when the text is no such profile.
HeapProfile parse_heap_profile(std::string_view text, const std::string& path);
std::string heap_profile_text(const HeapProfile& profile);

// Records of several processes with the same mappings.
HeapProfile merged(const std::vector<HeapProfile>& profiles);

// Bytes ever allocated by the innermost function that is not part of the allocator, most first.
FunctionProfile functions_of(const HeapProfile& profile, const std::string& path);

}  // namespace m2sim::cmd
