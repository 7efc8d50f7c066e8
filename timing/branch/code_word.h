// How the target predictors keep addresses of code: as words, of which 32 bits tell 16 GiB apart.
#pragma once

#include <cstdint>

namespace m2sim::timing {

constexpr std::uint32_t word_of(std::uint64_t address) { return static_cast<std::uint32_t>(address >> 2); }

}  // namespace m2sim::timing
