// What the table's marks say of a row: where control goes, checked against what the row's own bits and
// mnemonic say, so that a branch that forgets its mark is found.

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "insts/encoding.h"

namespace m2sim::insts {
namespace {

// "Branches, Exception Generating and System instructions": op0, bits 28:25 of the word, is 101x.
bool is_branch_group(const Encoding& row) {
  constexpr std::uint32_t kGroup = 0x1C000000;
  return (row.mask & kGroup) == kGroup && (row.match & kGroup) == 0x14000000;
}
// Of that group what changes control: all but hints, barriers and system registers (1101 0101 0...).
bool is_system_space(const Encoding& row) { return (row.match & 0xFF000000) == 0xD5000000; }

Flow expected_flow(const Encoding& row) {
  const std::string_view name = row.mnemonic;
  if (name == "udf" || name == "isb") return Flow::kSystem;
  if (!is_branch_group(row) || is_system_space(row)) return Flow::kNone;
  if ((row.match & 0xFF000000) == 0xD4000000) return Flow::kSystem;
  if (name == "b") return Flow::kJump;
  if (name == "bl") return Flow::kCall;
  if (name.starts_with("blr")) return Flow::kIndirectCall;
  if (name.starts_with("br")) return Flow::kIndirect;
  if (name.starts_with("ret")) return Flow::kReturn;
  return Flow::kConditional;
}

TEST(Marks, FlowIsThatOfTheArchitecturesGroups) {
  std::set<Flow> seen;
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const Encoding& row = encodings()[i];
    const Op op = static_cast<Op>(i);
    EXPECT_EQ(flow_of(op), expected_flow(row)) << name_of(op);
    seen.insert(flow_of(op));
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(Flow::kSystem) + 1);
  EXPECT_EQ(flow_of(Op::kUndefined), Flow::kSystem);
}

TEST(Marks, BranchesAndOnlyBranchesHaveABranchsCost) {
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    const TimingClass timing = timing_class_of(op);
    const bool costs = timing >= TimingClass::kBranch && timing <= TimingClass::kReturn;
    EXPECT_EQ(costs, flow_of(op) != Flow::kNone && flow_of(op) != Flow::kSystem) << name_of(op);
  }
}

TEST(Marks, StructureAccessesPermuteUnlessTheyMoveWholeRegisters) {
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const Encoding& row = encodings()[i];
    const bool structure = row.timing == TimingClass::kLoadVec || row.timing == TimingClass::kStoreVec;
    const std::string_view name = row.mnemonic;
    const bool whole = (name == "ld1" || name == "st1") && row.imm != Imm::kSimdLane;
    EXPECT_EQ(row.traits.permutes, structure && !whole) << name_of(static_cast<Op>(i));
  }
}

TEST(Marks, PlainResultsThatACompareAndBranchTestsFuse) {
  const std::set<std::string_view> fusing{"add", "sub", "and", "orr", "eor", "bic", "orn", "eon"};
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const Encoding& row = encodings()[i];
    const bool plain = row.timing == TimingClass::kAlu || row.timing == TimingClass::kAluShift;
    EXPECT_EQ(row.traits.fuses, plain && row.imm != Imm::kExtend && fusing.contains(row.mnemonic))
        << name_of(static_cast<Op>(i));
  }
}

TEST(Marks, MovesIntoLanesAreInsertsAndBroadcasts) {
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const Encoding& row = encodings()[i];
    const RowRoles& roles = roles_of(static_cast<Op>(i));
    const bool lanes =
        row.timing == TimingClass::kIntToFp && (roles.d.read || std::string_view(row.mnemonic) == "dup");
    EXPECT_EQ(row.traits.lanes, lanes) << name_of(static_cast<Op>(i));
  }
}

TEST(Marks, OnlyVectorImmediatesOfMoviZero) {
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const Encoding& row = encodings()[i];
    EXPECT_EQ(row.traits.zeroes, std::string_view(row.mnemonic) == "movi") << name_of(static_cast<Op>(i));
  }
}

// The keys' letters end the names: braa, blrabz, retaa, ldrab.
TEST(Marks, AuthenticatedBranchesAndLoads) {
  const std::set<std::string_view> authenticated{"braa",  "braaz",  "brab",  "brabz", "blraa", "blraaz",
                                                 "blrab", "blrabz", "retaa", "retab", "ldraa", "ldrab"};
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const Encoding& row = encodings()[i];
    EXPECT_EQ(row.traits.authenticated, authenticated.contains(row.mnemonic)) << name_of(static_cast<Op>(i));
  }
}

// Bfloat16 has names of its own, which bfm aside begin with bf; FEAT_I8MM is products of matrices of bytes
// and the dot products of bytes whose signs differ.
TEST(Marks, ExtensionsAreThoseOfTheNames) {
  const std::set<std::string_view> i8mm{"smmla", "ummla", "usmmla", "usdot", "sudot"};
  std::set<Extension> seen;
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const std::string_view name = encodings()[i].mnemonic;
    const bool bf16 = name.starts_with("bf") && name != "bfm";
    const Extension expected = bf16                  ? Extension::kBf16
                               : i8mm.contains(name) ? Extension::kI8mm
                                                     : Extension::kNone;
    EXPECT_EQ(extension_of(static_cast<Op>(i)), expected) << name_of(static_cast<Op>(i));
    seen.insert(expected);
  }
  EXPECT_EQ(seen.size(), 3U);
  EXPECT_EQ(extension_of(Op::kUndefined), Extension::kNone);
}

// What ends a block has no handler of its own that could refuse it.
TEST(Marks, NoBranchBelongsToAnExtension) {
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    EXPECT_TRUE(flow_of(op) == Flow::kNone || extension_of(op) == Extension::kNone) << name_of(op);
  }
}

// The architecture's names say which accesses are ordered; ldapr is of the weaker kind.
TEST(Marks, AcquireAndReleaseAreThoseOfTheNames) {
  unsigned acquires = 0;
  unsigned releases = 0;
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const Encoding& row = encodings()[i];
    std::string_view name = row.mnemonic;
    if (name.ends_with('b') || name.ends_with('h')) name.remove_suffix(1);
    const bool atomic = row.timing == TimingClass::kAtomic || row.timing == TimingClass::kSwap ||
                        row.timing == TimingClass::kCas || row.timing == TimingClass::kCasPair;
    bool acquire = name == "ldar" || name == "ldlar" || name == "ldaxr" || name == "ldaxp";
    bool release = name == "stlr" || name == "stllr" || name == "stlur" || name == "stlxr" || name == "stlxp";
    if (atomic) {
      const bool al = name.ends_with("al");
      acquire = al || name.ends_with('a');
      release = al || (name.ends_with('l'));
    }
    EXPECT_EQ(row.traits.acquire, acquire) << row.mnemonic;
    EXPECT_EQ(row.traits.release, release) << row.mnemonic;
    acquires += acquire ? 1 : 0;
    releases += release ? 1 : 0;
  }
  EXPECT_GT(acquires, 50U);
  EXPECT_GT(releases, 50U);
}

}  // namespace
}  // namespace m2sim::insts
