// The processor must not claim what nothing executes: every row of a claimed feature has a handler.
#include "emu/hwcap.h"

#include <gtest/gtest.h>

#include <map>
#include <string_view>
#include <vector>

#include "emu/exec.h"
#include "insts/operands.h"

namespace m2sim::emu {
namespace {

using Mnemonics = std::vector<std::string_view>;

const std::map<std::string_view, Mnemonics>& instructions_of() {
  static const std::map<std::string_view, Mnemonics> features = {
      {"fp", {"fadd", "fmul", "fdiv", "fsqrt", "fmadd", "fcmp", "fcvtzs", "scvtf", "fcsel"}},
      {"asimd", {"and", "addp", "tbl", "ld1", "st4", "smull", "sqadd", "uaddlv", "fmla", "ext", "dup"}},
      {"aes", {"aese", "aesd", "aesmc", "aesimc"}},
      {"pmull", {"pmull", "pmull2"}},
      {"sha1", {"sha1c", "sha1p", "sha1m", "sha1h", "sha1su0", "sha1su1"}},
      {"sha2", {"sha256h", "sha256h2", "sha256su0", "sha256su1"}},
      {"crc32", {"crc32b", "crc32h", "crc32w", "crc32x", "crc32cb", "crc32ch", "crc32cw", "crc32cx"}},
      {"atomics", {"ldadd", "ldclr", "ldeor", "ldset", "ldsmax", "ldumin", "swp", "cas", "casp", "casal"}},
      {"cpuid", {"mrs"}},
      {"asimdrdm", {"sqrdmlah", "sqrdmlsh"}},
      {"jscvt", {"fjcvtzs"}},
      {"lrcpc", {"ldapr", "ldaprb", "ldaprh"}},
      {"sha3", {"eor3", "bcax", "rax1", "xar"}},
      {"asimddp", {"sdot", "udot"}},
      {"sha512", {"sha512h", "sha512h2", "sha512su0", "sha512su1"}},
      {"ilrcpc", {"ldapur", "ldapurb", "ldapurh", "ldapursb", "ldapursh", "ldapursw", "stlur", "stlurb"}},
      {"flagm", {"cfinv", "rmif", "setf8", "setf16"}},
      {"sb", {"sb"}},
      {"flagm2", {"axflag", "xaflag"}},
      {"frint", {"frint32z", "frint32x", "frint64z", "frint64x"}},
      {"i8mm", {"smmla", "ummla", "usmmla", "usdot", "sudot"}},
  };
  return features;
}

TEST(Hwcap, EveryInstructionOfAClaimedFeatureExecutes) {
  for (const Hwcap& cap : kHwcaps) {
    if (!cap.present) continue;
    const auto feature = instructions_of().find(cap.name);
    ASSERT_NE(feature, instructions_of().end()) << cap.name << " is claimed, but no test names what it needs";
    for (const std::string_view mnemonic : feature->second) {
      unsigned rows = 0;
      for (std::size_t i = 0; i < insts::kOpCount; ++i) {
        const auto op = static_cast<insts::Op>(i);
        if (mnemonic != insts::mnemonic_of(op)) continue;
        ++rows;
        EXPECT_NE(row_of(op), nullptr) << cap.name << ": " << mnemonic << ", row " << i;
      }
      EXPECT_GT(rows, 0U) << cap.name << ": " << mnemonic << " is not in the table";
    }
  }
}

TEST(Hwcap, EachBitIsListedOnce) {
  std::map<unsigned, std::string_view> seen;
  for (const Hwcap& cap : kHwcaps) {
    EXPECT_TRUE(seen.emplace(cap.word * 64U + cap.bit, cap.name).second) << cap.name;
  }
  constexpr std::uint64_t kSve = std::uint64_t{1} << 22U;
  EXPECT_EQ(hwcap_word(1) & kSve, 0U);
}

}  // namespace
}  // namespace m2sim::emu
