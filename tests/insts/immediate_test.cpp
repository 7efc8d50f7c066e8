// Expanded immediates against formulations that share no code with insts/: by construction and by listing.
#include "insts/immediate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>
#include <set>
#include <string>

#include "insts/decode.h"

namespace m2sim::insts {
namespace {

// Every logical immediate, built as a string of bits: `ones` ones in `width` bits, rotated right, repeated.
std::map<std::uint32_t, std::uint64_t> list_bitmasks() {
  std::map<std::uint32_t, std::uint64_t> by_fields;  // N:immr:imms
  for (unsigned width = 2; width <= 64; width *= 2) {
    for (unsigned ones = 1; ones < width; ++ones) {
      for (unsigned rotation = 0; rotation < width; ++rotation) {
        std::string bits = std::string(width - ones, '0') + std::string(ones, '1');
        bits = bits.substr(width - rotation) + bits.substr(0, width - rotation);
        std::uint64_t value = 0;
        for (unsigned i = 0; i < 64; ++i) value = value * 2 + static_cast<unsigned>(bits[i % width] - '0');
        // imms says the width in unary from the top (0xxxxx: 32, 10xxxx: 16, ...) and ones - 1 below.
        const unsigned size_code = width == 64 ? 0 : (64 - 2 * width) & 63U;
        const std::uint32_t fields = (width == 64 ? 1U << 12U : 0) | size_code | (ones - 1);
        // Rotation bits above the width are ignored.
        for (unsigned high = 0; high < 64; high += width) by_fields[fields | (rotation + high) << 6U] = value;
      }
    }
  }
  return by_fields;
}

TEST(Bitmask, AllFieldValues) {
  const auto listed = list_bitmasks();
  std::set<std::uint64_t> distinct;
  for (std::uint32_t fields = 0; fields < 8192; ++fields) {
    const auto found = listed.find(fields);
    const auto mask = expand_bitmask(fields >> 12U, fields >> 6U & 63U, fields & 63U, true);
    ASSERT_EQ(mask.has_value(), found != listed.end()) << fields;
    if (mask) {
      EXPECT_EQ(*mask, found->second) << fields;
      distinct.insert(*mask);
    }
    const auto narrow = expand_bitmask(fields >> 12U, fields >> 6U & 63U, fields & 63U, false);
    EXPECT_EQ(narrow.has_value(), mask.has_value() && fields < 4096) << fields;
  }
  EXPECT_EQ(distinct.size(), 5334U);  // sum over widths w of w * (w - 1)
}

TEST(Bitmask, ThirtyTwoBitFormsHaveNoUpperHalf) {
  const Inst inst = decode(0x12000000U | 0x3cU << 10U);  // and w0, w0, #0x55555555
  EXPECT_EQ(inst.op, Op::kAND_imm);
  EXPECT_EQ(inst.imm, 0x55555555);
}

double as_double(std::uint64_t bits) {
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

TEST(Fp8, IsSixteenthsTimesAPowerOfTwo) {
  for (unsigned code = 0; code < 256; ++code) {
    const int exponent = static_cast<int>((code >> 4U & 7U) ^ 4U) - 3;
    const double expected = (16.0 + (code & 15U)) / 16.0 * std::exp2(exponent) * (code >= 128 ? -1 : 1);
    EXPECT_EQ(as_double(fp8_to_bits(static_cast<std::uint8_t>(code), 64)), expected) << code;
    const auto bits32 = static_cast<std::uint32_t>(fp8_to_bits(static_cast<std::uint8_t>(code), 32));
    float single;
    std::memcpy(&single, &bits32, sizeof single);
    EXPECT_EQ(single, expected) << code;
    // Half precision: same sign and fraction, five exponent bits with a bias of 15.
    const auto half = static_cast<std::uint32_t>(fp8_to_bits(static_cast<std::uint8_t>(code), 16));
    EXPECT_EQ(half >> 15U, code >> 7U);
    EXPECT_EQ(static_cast<int>(half >> 10U & 31U) - 15, exponent) << code;
    EXPECT_EQ(half & 1023U, (code & 15U) << 6U) << code;
  }
}

// One element of the manual's table of modified immediates, most significant byte first.
std::uint64_t by_bytes(unsigned op, unsigned cmode, std::uint8_t imm8) {
  std::array<unsigned, 8> bytes{};  // most significant first
  const unsigned v = imm8;
  for (unsigned i = 0; i < 8; ++i) {
    const unsigned in_word = 3 - i % 4;  // byte number in its word
    const unsigned in_half = 1 - i % 2;
    if (cmode < 8) bytes[i] = in_word == cmode / 2 ? v : 0;
    if (cmode >= 8 && cmode < 12) bytes[i] = in_half == (cmode - 8) / 2 ? v : 0;
    if (cmode == 12) bytes[i] = in_word == 1 ? v : in_word == 0 ? 0xff : 0;
    if (cmode == 13) bytes[i] = in_word == 2 ? v : in_word < 2 ? 0xff : 0;
    if (cmode == 14) bytes[i] = op == 0 ? v : (v >> (7 - i) & 1U) * 0xff;
  }
  std::uint64_t value = 0;
  for (const unsigned byte : bytes) value = value << 8U | byte;
  return value;
}

TEST(SimdImmediate, EveryCodeAndMode) {
  for (unsigned op = 0; op < 2; ++op) {
    for (unsigned cmode = 0; cmode < 15; ++cmode) {
      for (unsigned imm8 = 0; imm8 < 256; ++imm8) {
        const auto code = static_cast<std::uint8_t>(imm8);
        EXPECT_EQ(expand_simd_immediate(op, cmode, code), by_bytes(op, cmode, code)) << op << cmode << imm8;
      }
    }
  }
  EXPECT_EQ(expand_simd_immediate(0, 15, 0x70), 0x3f800000'3f800000U);  // fmov v.4s, #1.0
  EXPECT_EQ(as_double(expand_simd_immediate(1, 15, 0x70)), 1.0);
}

}  // namespace
}  // namespace m2sim::insts
