// Counts calls of operator new in this test binary.
#pragma once

#include <cstdint>

namespace m2sim::emu::testing {

std::uint64_t allocations();

}  // namespace m2sim::emu::testing
