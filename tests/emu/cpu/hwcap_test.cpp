// The processor must not claim what nothing executes: every row of a claimed feature has a handler.
#include "emu/cpu/hwcap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <vector>

#include "emu/cpu/id_registers.h"
#include "emu/engine/handler.h"
#include "insts/operands.h"

namespace m2sim::emu {
namespace {

using Mnemonics = std::vector<std::string_view>;

// What has no mnemonic of its own: forms of half precision (every row is executable, and run against QEMU),
// system registers and operations (guests/system_registers.s), accesses within 16 bytes
// (guests/misaligned_ordered.s).
bool has_no_mnemonic(std::string_view feature) {
  constexpr std::array<std::string_view, 8> kFeatures = {"fphp", "asimdhp", "dcpop", "dcpodp",
                                                         "dit",  "ssbs",    "uscat", "ecv"};
  return std::find(kFeatures.begin(), kFeatures.end(), feature) != kFeatures.end();
}

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
      {"evtstrm", {"wfe"}},
      {"cpuid", {"mrs"}},
      {"fcma", {"fcmla", "fcadd"}},
      {"asimdfhm", {"fmlal", "fmlal2", "fmlsl", "fmlsl2"}},
      {"paca",
       {"pacia", "pacib", "pacda", "pacdb", "autia", "autib", "autda", "autdb", "xpaci", "ldraa", "paciasp"}},
      {"pacg", {"pacga"}},
      {"bf16", {"bfdot", "bfmmla", "bfmlalb", "bfmlalt", "bfcvt", "bfcvtn", "bfcvtn2"}},
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

std::vector<insts::Op> rows_named(std::string_view mnemonic) {
  std::vector<insts::Op> rows;
  for (std::size_t i = 0; i < insts::kOpCount; ++i) {
    const auto op = static_cast<insts::Op>(i);
    if (mnemonic == insts::mnemonic_of(op)) rows.push_back(op);
  }
  return rows;
}

// A row that refuses the plain form of its instruction refuses all.
bool executes(insts::Op op, Cpu cpu) {
  const Row* row = row_of(op, cpu);
  return row != nullptr && row->pick({.op = op}, false).handler != nullptr;
}

TEST(Hwcap, EveryInstructionOfAClaimedFeatureExecutes) {
  for (const Hwcap& cap : kHwcaps) {
    if (cap.word == 0 || has_no_mnemonic(cap.name)) continue;
    const auto feature = instructions_of().find(cap.name);
    ASSERT_NE(feature, instructions_of().end()) << cap.name << " is claimed, but no test names what it needs";
    for (const std::string_view mnemonic : feature->second) {
      const std::vector<insts::Op> rows = rows_named(mnemonic);
      EXPECT_FALSE(rows.empty()) << cap.name << ": " << mnemonic << " is not in the table";
      for (const insts::Op op : rows)
        EXPECT_NE(row_of(op, Cpu::kM2), nullptr) << cap.name << ": " << mnemonic;
    }
  }
}

// On a processor that does not claim it, nothing of a feature executes.
TEST(Hwcap, InstructionsOfAFeatureThatTheProcessorLacksDoNotExecute) {
  unsigned lacking = 0;
  for (const Hwcap& cap : kHwcaps) {
    if (cap.needs == nullptr || cap.word == 0 || has_no_mnemonic(cap.name)) continue;
    for (const std::string_view mnemonic : instructions_of().at(cap.name)) {
      for (const insts::Op op : rows_named(mnemonic)) {
        for (const Cpu cpu : {Cpu::kM1, Cpu::kM2})
          EXPECT_EQ(executes(op, cpu), is_listed(cap, cpu)) << mnemonic << " on " << processor(cpu).name;
        ++lacking;
      }
    }
  }
  EXPECT_GT(lacking, 0U);
}

TEST(Hwcap, EveryRowExecutes) {
  for (std::size_t i = 0; i < insts::kOpCount; ++i) {
    const auto op = static_cast<insts::Op>(i);
    for (const Cpu cpu : {Cpu::kM1, Cpu::kM2}) {
      EXPECT_TRUE(row_of(op, cpu) != nullptr || insts::flow_of(op) != insts::Flow::kNone)
          << insts::mnemonic_of(op);
    }
  }
}

TEST(Hwcap, AnM1HasWhatAnM2HasButForThese) {
  constexpr std::uint64_t kI8mm = std::uint64_t{1} << 13U;
  constexpr std::uint64_t kBf16 = std::uint64_t{1} << 14U;
  constexpr std::uint64_t kEcv = std::uint64_t{1} << 19U;
  EXPECT_EQ(hwcap_word(1, Cpu::kM1), hwcap_word(1, Cpu::kM2));
  EXPECT_EQ(hwcap_word(2, Cpu::kM1), hwcap_word(2, Cpu::kM2) & ~(kI8mm | kBf16 | kEcv));
  EXPECT_EQ(hwcap_word(2, Cpu::kM2) & (kI8mm | kBf16 | kEcv), kI8mm | kBf16 | kEcv);
}

// What the registers of the processors hold (published: for the M1 those read by arm-cpusysregs, see
// processor.h; for the M2 VirtualBox's processor database, "Apple M2 Max"), without the fields that Linux
// hides.
TEST(Hwcap, IdRegistersAreThoseOfTheProcessors) {
  struct Register {
    IdRegister id;
    std::uint64_t m1;
    std::uint64_t m2;
    std::uint64_t shown;
  };
  constexpr std::uint64_t kNoBti = ~std::uint64_t{0xF};
  constexpr std::array<Register, 7> kRegisters = {{
      {IdRegister::kPfr0, 0x1101000010110111, 0x1101000010110111, 0x000F0000'00FF0000},
      {IdRegister::kPfr1, 0x20, 0x21, 0xFF & kNoBti},
      {IdRegister::kIsar0, 0x0221100110212120, 0x0221100110212120, 0xF0FFFFFF'F0FFFFF0},
      {IdRegister::kIsar1, 0x0000011110211202, 0x0010111110211402, 0x00FFF0FF'FFFFFFFF},
      {IdRegister::kIsar2, 0, 0, UINT64_MAX},
      {IdRegister::kMmfr0, 0x000012120f100001, 0x110012120f100003, 0xF0000000'00000000},
      {IdRegister::kMmfr2, 0x1201111100001011, 0x1201111102001011, 0x0000000F'00000000},
  }};
  for (const Register& reg : kRegisters) {
    EXPECT_EQ(id_register(reg.id, Cpu::kM1) & reg.shown, reg.m1 & reg.shown) << static_cast<int>(reg.id);
    EXPECT_EQ(id_register(reg.id, Cpu::kM2) & reg.shown, reg.m2 & reg.shown) << static_cast<int>(reg.id);
  }
}

TEST(Hwcap, EachBitIsListedOnce) {
  std::map<unsigned, std::string_view> seen;
  for (const Hwcap& cap : kHwcaps) {
    EXPECT_TRUE(seen.emplace(cap.word * 64U + cap.bit, cap.name).second) << cap.name;
  }
  constexpr std::uint64_t kSve = std::uint64_t{1} << 22U;
  for (const Cpu cpu : {Cpu::kM1, Cpu::kM2}) EXPECT_EQ(hwcap_word(1, cpu) & kSve, 0U);
}

}  // namespace
}  // namespace m2sim::emu
