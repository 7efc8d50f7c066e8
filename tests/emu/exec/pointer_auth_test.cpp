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
    changed |= pauth2::sign_pointer(pointer, modifier, kKey) ^ pointer;
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
      const std::uint64_t with_code = pauth2::sign_pointer(pointer, modifier, kKey);
      EXPECT_EQ(pauth2::authenticate_pointer(with_code, modifier, kKey), pointer);
      EXPECT_EQ(strip_pointer(with_code), pointer);
      for (unsigned bit = 0; bit < 64; ++bit) {
        const std::uint64_t damage = code & std::uint64_t{1} << bit;
        EXPECT_EQ(is_canonical(pauth2::authenticate_pointer(with_code ^ damage, modifier, kKey)),
                  damage == 0);
      }
    }
  }
}

TEST(PointerAuth, WithEpacWhatIsSignedAuthenticates) {
  for (const std::uint64_t pointer : {kLower, kUpper}) {
    for (std::uint64_t modifier = 0; modifier < 64; ++modifier) {
      const std::uint64_t with_code = epac::sign_pointer(pointer, modifier, kKey);
      EXPECT_EQ((with_code ^ pointer) & ~bits_of_the_code(pointer), 0U);
      EXPECT_EQ(epac::authenticate_pointer(with_code, modifier, kKey), pointer);
    }
  }
}

// What an M1 leaves of damaged pointers, user keys of instructions as Linux sets them up (published:
// github.com/lelegard/arm-cpusysregs, collect/applem1-vm-ubuntu/cpusysregs-demo-pac-1.txt).
TEST(PointerAuth, WithEpacAFailureIsAnErrorCodeInThePointer) {
  struct Case {
    std::uint64_t pointer;
    PointerKey key;
    std::uint64_t failed;
  };
  constexpr Case kCases[] = {
      {0x00000012'3456789A, PointerKey::kInstructionA, 0x00200012'3456789A},
      {0x00000012'3456789A, PointerKey::kInstructionB, 0x00400012'3456789A},
      {0x00000012'3456789A, PointerKey::kDataA, 0x00200012'3456789A},
      {0x00000012'3456789A, PointerKey::kDataB, 0x00400012'3456789A},
      {0xFFFFFF12'3456789A, PointerKey::kInstructionA, 0xBFFFFF12'3456789A},
      {0xFFFFFF12'3456789A, PointerKey::kInstructionB, 0xDFFFFF12'3456789A},
  };
  for (const Case& test : kCases) {
    const std::uint64_t code = bits_of_the_code(test.pointer);
    const std::uint64_t with_code = epac::sign_pointer(test.pointer, 7, test.key);
    for (unsigned bit = 0; bit < 64; ++bit) {
      const std::uint64_t damage = code & std::uint64_t{1} << bit;
      if (damage == 0) continue;
      EXPECT_EQ(epac::authenticate_pointer(with_code ^ damage, 7, test.key), test.failed) << bit;
    }
  }
}

// Signing what is signed already would otherwise tell the code of the pointer within.
TEST(PointerAuth, WithEpacTheCodeOfWhatIsNotCanonicalIsZero) {
  EXPECT_EQ(epac::sign_pointer(0x5A03'7FFF'1234'5678, 7, kKey), kLower);
  EXPECT_EQ(epac::sign_pointer(0x1280'8000'1234'5678, 7, kKey), 0x0080'8000'1234'5678U);
}

}  // namespace
}  // namespace m2sim::emu
