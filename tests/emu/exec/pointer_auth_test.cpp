// Where the code of a signed pointer lies, in both halves of the address space.
#include "emu/exec/pointer_auth.h"

#include <gtest/gtest.h>

namespace m2sim::emu {
namespace {

constexpr PointerKey kKey = PointerKey::kInstructionA;
constexpr std::uint64_t kLower = 0x5A00'7FFF'1234'5678;  // with a top byte of the program's own
constexpr std::uint64_t kUpper = 0xFFFF'8000'1234'5678;

// Every bit that signing changes with one modifier or another.
std::uint64_t bits_of_the_code(std::uint64_t pointer) {
  std::uint64_t changed = 0;
  for (std::uint64_t modifier = 0; modifier < 256; ++modifier) {
    changed |= sign_pointer(pointer, modifier, kKey) ^ pointer;
  }
  return changed;
}

TEST(PointerAuth, TheTopByteBelongsToTheCodeInTheUpperHalfOnly) {
  EXPECT_EQ(bits_of_the_code(kLower), 0x007F'0000'0000'0000U);
  EXPECT_EQ(bits_of_the_code(kUpper), 0xFF7F'0000'0000'0000U);
}

TEST(PointerAuth, StrippingFillsTheCodeWithTheHalf) {
  EXPECT_EQ(strip_pointer(0x5A7F'7FFF'1234'5678), kLower);
  EXPECT_EQ(strip_pointer(0x00FF'8000'1234'5678), kUpper);
  EXPECT_EQ(strip_pointer(0x1280'8000'1234'5678), kUpper);
  EXPECT_TRUE(is_canonical(kLower));
  EXPECT_TRUE(is_canonical(kUpper));
  EXPECT_FALSE(is_canonical(0x00FF'8000'1234'5678));
  EXPECT_FALSE(is_canonical(0x5A01'7FFF'1234'5678));
}

TEST(PointerAuth, WhatIsSignedAuthenticatesAndADamagedCodeDoesNot) {
  for (const std::uint64_t pointer : {kLower, kUpper}) {
    const std::uint64_t code = bits_of_the_code(pointer);
    for (std::uint64_t modifier = 0; modifier < 64; ++modifier) {
      const std::uint64_t with_code = sign_pointer(pointer, modifier, kKey);
      EXPECT_EQ(authenticate_pointer(with_code, modifier, kKey), pointer);
      EXPECT_EQ(strip_pointer(with_code), pointer);
      for (unsigned bit = 0; bit < 64; ++bit) {
        const std::uint64_t damage = code & std::uint64_t{1} << bit;
        EXPECT_EQ(is_canonical(authenticate_pointer(with_code ^ damage, modifier, kKey)), damage == 0);
      }
    }
  }
}

}  // namespace
}  // namespace m2sim::emu
