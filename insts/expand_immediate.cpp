#include <array>

#include "insts/bits.h"
#include "insts/immediate.h"

namespace m2sim::insts {

std::optional<std::uint64_t> expand_bitmask(unsigned n, unsigned immr, unsigned imms, bool wide) {
  if (n != 0 && !wide) return std::nullopt;
  // The element is as wide as the highest clear bit of imms, unless N says 64.
  const unsigned size_bits = n << 6U | (~imms & 63U);
  if (size_bits < 2) return std::nullopt;
  const unsigned width = std::bit_floor(size_bits);
  const unsigned ones = (imms & (width - 1)) + 1;
  if (ones == width) return std::nullopt;  // all ones is reserved
  const unsigned rotation = immr & (width - 1);
  const std::uint64_t element = (std::uint64_t{1} << ones) - 1;
  const std::uint64_t limit = width == 64 ? UINT64_MAX : (std::uint64_t{1} << width) - 1;
  const std::uint64_t rotated = rotation == 0 ? element : element >> rotation | element << (width - rotation);
  return replicate(rotated & limit, width);
}

std::uint64_t fp8_to_bits(std::uint8_t code, unsigned bits) {
  // aBbbbbbb bbcdefgh 0...: sign, an exponent of NOT(b) and copies of b, two exponent and four fraction bits.
  const unsigned exponent_bits = bits == 16 ? 5 : bits == 32 ? 8 : 11;
  const unsigned fraction_bits = bits - 1 - exponent_bits;
  const std::uint64_t b = code >> 6U & 1U;
  const std::uint64_t copies = b != 0 ? (std::uint64_t{1} << (exponent_bits - 3)) - 1 : 0;
  const std::uint64_t exponent =
      (b ^ 1U) << (exponent_bits - 1) | copies << 2U | (std::uint64_t{code} >> 4U & 3U);
  return std::uint64_t{code} >> 7U << (bits - 1) | exponent << fraction_bits |
         (std::uint64_t{code} & 15U) << (fraction_bits - 4);
}

namespace {

// movi with op = 1, cmode = 1110: every bit of imm8 becomes a byte.
std::uint64_t spread_to_bytes(std::uint8_t imm8) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 8; ++i) {
    if ((imm8 >> i & 1U) != 0) value |= std::uint64_t{0xFF} << (8 * i);
  }
  return value;
}

}  // namespace

std::uint64_t expand_simd_immediate(unsigned op, unsigned cmode, std::uint8_t imm8) {
  const std::uint64_t value = imm8;
  switch (cmode >> 1U) {
    case 0:
    case 1:
    case 2:
    case 3:
      return replicate(value << (8 * (cmode >> 1U)), 32);
    case 4:
      return replicate(value, 16);
    case 5:
      return replicate(value << 8U, 16);
    case 6:
      return replicate((cmode & 1U) == 0 ? value << 8U | 0xFF : value << 16U | 0xFFFF, 32);
    default:
      break;
  }
  if ((cmode & 1U) == 0) return op == 0 ? replicate(value, 8) : spread_to_bytes(imm8);
  return op == 0 ? replicate(fp8_to_bits(imm8, 32), 32) : fp8_to_bits(imm8, 64);
}

}  // namespace m2sim::insts
