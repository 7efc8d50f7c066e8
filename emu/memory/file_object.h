// The one number by which Region::object tells files apart.
#pragma once

#include <sys/stat.h>

#include <cstdint>

namespace m2sim::emu {

inline std::uint64_t file_object(const struct stat& status) { return status.st_ino ^ (status.st_dev << 48U); }

}  // namespace m2sim::emu
