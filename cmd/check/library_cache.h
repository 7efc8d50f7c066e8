// ldconfig's cache of libraries, /etc/ld.so.cache.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace m2sim::cmd {

struct CachedLibrary {
  std::string name;  // "libc.so.6"
  std::string path;  // absolute, the guest's
};

// Entries in the file's order, in the format of glibc 2.2 and later, alone or behind the older one. What is
// damaged is left out.
std::vector<CachedLibrary> parse_library_cache(std::string_view bytes);

}  // namespace m2sim::cmd
