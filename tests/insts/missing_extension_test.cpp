#include "insts/missing_extension.h"

#include <gtest/gtest.h>

#include <random>

#include "insts/decode.h"
#include "insts/encoding.h"

namespace m2sim::insts {
namespace {

struct Case {
  std::uint32_t word;
  const char* source;
  const char* extension;
};

// Words by llvm-mc 14, those of CSSC by GNU as 2.40.
constexpr Case kCases[] = {
    {0x91810420, "addg x0, x1, #16, #1", "MTE"},
    {0xd1810420, "subg x0, x1, #16, #1", "MTE"},
    {0xd9200820, "stg x0, [x1]", "MTE"},
    {0xd9600020, "ldg x0, [x1]", "MTE"},
    {0xd9a01420, "st2g x0, [x1], #16", "MTE"},
    {0xd9e01c20, "stz2g x0, [x1, #16]!", "MTE"},
    {0x9adf1020, "irg x0, x1", "MTE"},
    {0x9ac21420, "gmi x0, x1, x2", "MTE"},
    {0x9ac20020, "subp x0, x1, x2", "MTE"},
    {0xbac20020, "subps x0, x1, x2", "MTE"},
    {0x69000440, "stgp x0, x1, [x2]", "MTE"},
    {0x68808440, "stgp x0, x1, [x2], #16", "MTE"},
    {0x69808440, "stgp x0, x1, [x2, #16]!", "MTE"},
    {0x19010440, "cpyfp [x0]!, [x1]!, x2!", "MOPS"},
    {0x1d810440, "cpye [x0]!, [x1]!, x2!", "MOPS"},
    {0x19c20420, "setp [x0]!, x1!, x2", "MOPS"},
    {0x54000010, "bc.eq .", "HBC"},
    {0xd5031001, "wfet x1", "WFxT"},
    {0xd5031021, "wfit x1", "WFxT"},
    {0xf83fd1a0, "ld64b x0, [x13]", "LS64"},
    {0xf83f91a0, "st64b x0, [x13]", "LS64"},
    {0xf821b1a0, "st64bv x1, x0, [x13]", "LS64"},
    {0xf821a1a0, "st64bv0 x1, x0, [x13]", "LS64"},
    {0xd5233063, "tstart x3", "TME"},
    {0xd5233161, "ttest x1", "TME"},
    {0xd503307f, "tcommit", "TME"},
    {0xd4600020, "tcancel #1", "TME"},
    {0xdac01820, "ctz x0, x1", "CSSC"},
    {0xdac01c20, "cnt x0, x1", "CSSC"},
    {0xdac02020, "abs x0, x1", "CSSC"},
    {0x1ac26c20, "umin w0, w1, w2", "CSSC"},
    {0x91c00c20, "smax x0, x1, #3", "CSSC"},
    {0xce420c20, "sm3ss1 v0.4s, v1.4s, v2.4s, v3.4s", "SM3/SM4"},
    {0xce429c20, "sm3tt2b v0.4s, v1.4s, v2.s[1]", "SM3/SM4"},
    {0xce62c820, "sm4ekey v0.4s, v1.4s, v2.4s", "SM3/SM4"},
    {0xcec08420, "sm4e v0.4s, v1.4s", "SM3/SM4"},
    {0xd503477f, "smstart", "SME"},
    {0xc00800ff, "zero {za}", "SME"},
    {0xe1200000, "str za[w12, 0], [x0]", "SME"},
    {0x2518e3e0, "ptrue p0.b", "SVE"},
    {0xa540a000, "ld1w {z0.s}, p0/z, [x0]", "SVE"},
    {0x0420e3e0, "cntb x0", "SVE"},
};

TEST(MissingExtension, IsNamed) {
  for (const Case& c : kCases) {
    EXPECT_EQ(decode(c.word).op, Op::kUndefined) << c.source;
    EXPECT_STREQ(missing_extension(c.word), c.extension) << c.source;
  }
}

TEST(MissingExtension, IsNamedForFormsThatARowHasRoomFor) {
  EXPECT_STREQ(missing_extension(0xd50b7460), "MTE") << "dc gva, x0";
  EXPECT_STREQ(missing_extension(0xd50b7482), "MTE") << "dc gzva, x2";
}

TEST(MissingExtension, ClaimsNoWordOfARow) {
  std::mt19937 random(1);
  for (const Encoding& row : encodings()) {
    for (int i = 0; i < 64; ++i) {
      const std::uint32_t word = row.match | (static_cast<std::uint32_t>(random()) & ~row.mask);
      if (decode(word).op == Op::kUndefined) continue;
      EXPECT_EQ(missing_extension(word), nullptr) << std::hex << word << ' ' << row.mnemonic;
    }
  }
  EXPECT_EQ(missing_extension(0x00000001), nullptr) << "reserved";
}

}  // namespace
}  // namespace m2sim::insts
