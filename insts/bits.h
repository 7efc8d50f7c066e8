// Bit fields of words and immediates.
#pragma once

#include <bit>
#include <cstdint>

namespace m2sim::insts {

// word<lsb + width - 1 : lsb>
constexpr std::uint32_t bits(std::uint32_t word, unsigned lsb, unsigned width) {
  return word >> lsb & ((std::uint32_t{1} << width) - 1);  // width < 32
}

constexpr std::int64_t sign_extend(std::uint64_t value, unsigned width) {
  const std::uint64_t sign = std::uint64_t{1} << (width - 1);
  return static_cast<std::int64_t>((value ^ sign) - sign);
}

// `value` (of `width` bits) repeated over 64 bits; width is a power of two up to 64.
constexpr std::uint64_t replicate(std::uint64_t value, unsigned width) {
  for (unsigned w = width; w < 64; w *= 2) value |= value << w;
  return value;
}

}  // namespace m2sim::insts
