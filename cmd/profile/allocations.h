// How often this thread has allocated with `new`, the way all of m2sim allocates.
#pragma once

#include <cstdint>

namespace m2sim::cmd {

std::uint64_t allocation_count();

}  // namespace m2sim::cmd
