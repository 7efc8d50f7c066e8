// How the target predictors keep addresses of code: as words, of which 32 bits tell 16 GiB apart.
#pragma once

#include <cstdint>

namespace m2sim::timing {

constexpr std::uint32_t word_of(std::uint64_t address) { return static_cast<std::uint32_t>(address >> 2); }
// The address of a word, in the 16 GiB of another address; 0 of none.
constexpr std::uint64_t address_of(std::uint32_t word, std::uint64_t near) {
  return word == 0 ? 0 : (near & ~std::uint64_t{0x3FFFFFFFF}) | std::uint64_t{word} << 2;
}

}  // namespace m2sim::timing
