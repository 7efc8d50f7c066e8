// What is code and what is data, and what a dynamic section says, in files that are built or damaged here.
#include "emu/elf/code.h"

#include <gtest/gtest.h>

#include <random>

#include "emu/elf/dynamic.h"
#include "emu/user_error.h"
#include "tests/emu/elf/elf_builder.h"

namespace m2sim::emu {
namespace {

using testing::ElfFile;
using testing::kCodeAddress;
using testing::tiny_program;

constexpr std::uint64_t kWords = 16;
constexpr unsigned kNoType = 0;

// Sixteen words of code behind the headers, no section that says so.
ElfFile code_program() {
  ElfFile file = tiny_program();
  file.rest.assign(4 * kWords + testing::kDataBytes, std::byte{0});
  file.phdrs[0].file_size = file.phdrs[0].memory_size = file.rest_offset() + 4 * kWords;
  file.phdrs[1].offset = file.phdrs[0].file_size;
  return file;
}

std::uint64_t code_at(const ElfFile& file, std::uint64_t word) {
  return kCodeAddress + file.rest_offset() + 4 * word;
}

TEST(CodeMap, WithoutSectionsAndMarksItIsTheSegment) {
  const ElfImage image = parse_elf("p", code_program().bytes());
  const CodeMap map = code_map(image);
  ASSERT_EQ(map.ranges.size(), 1U);
  EXPECT_EQ(map.ranges[0].address, kCodeAddress);
  EXPECT_EQ(map.ranges[0].size, image.segments[0].file_size / 4 * 4);
  EXPECT_FALSE(map.ranges[0].marked);
  EXPECT_EQ(map.data_bytes, 0U);
}

TEST(CodeMap, MarksDivideIt) {
  ElfFile file = code_program();
  file.add_symbol("$d.literal", code_at(file, 4), 0, kNoType);
  file.add_symbol("$x", code_at(file, 0), 0, kNoType);
  file.add_symbol("$x.7", code_at(file, 5) + 2, 0, kNoType);  // behind six bytes of data
  const CodeMap map = code_map(parse_elf("p", file.bytes()));
  ASSERT_EQ(map.ranges.size(), 3U);
  EXPECT_FALSE(map.ranges[0].marked) << "headers, before the first mark";
  EXPECT_EQ(map.ranges[1].address, code_at(file, 0));
  EXPECT_EQ(map.ranges[1].size, 16U);
  EXPECT_TRUE(map.ranges[1].marked);
  EXPECT_EQ(map.data_bytes, 8U);
  EXPECT_EQ(map.ranges[2].address, code_at(file, 6));
  EXPECT_EQ(map.ranges[2].size, 40U);
  EXPECT_EQ(map.ranges[2].file_offset, file.rest_offset() + 24);
  EXPECT_TRUE(map.ranges[2].marked);
}

std::vector<std::byte> damaged(const std::vector<std::byte>& whole, std::size_t from, std::mt19937& random) {
  std::vector<std::byte> bytes = whole;
  for (std::uint64_t flips = 1 + random() % 6; flips > 0; --flips) {
    bytes[from + random() % (bytes.size() - from)] =
        static_cast<std::byte>(random() % 2 == 0 ? 0xff : random());
  }
  return bytes;
}

TEST(CodeMap, DamageNeverLeavesTheFile) {
  ElfFile file = code_program();
  file.add_symbol("$x", code_at(file, 0), 0, kNoType);
  file.add_symbol("$d", code_at(file, 3), 0, kNoType);
  std::vector<std::byte> whole = file.bytes();
  ElfHeader header;
  std::memcpy(&header, whole.data(), sizeof(header));
  // The unused first section becomes one of code.
  ElfSection section{};
  section.type = kSectionProgram;
  section.flags = kSectionAllocated | kSectionExecutable;
  section.offset = file.rest_offset();
  section.address = code_at(file, 0);
  section.size = 4 * kWords;
  std::memcpy(whole.data() + header.section_offset, &section, sizeof(section));
  EXPECT_EQ(code_map(parse_elf("p", whole)).ranges.front().address, code_at(file, 0));
  std::mt19937 random(3);
  for (int round = 0; round < 3000; ++round) {
    const bool in_sections = round % 2 == 0;
    try {
      const ElfImage image = parse_elf("p", damaged(whole, in_sections ? header.section_offset : 0, random));
      std::uint64_t end = 0;
      for (const CodeRange& range : code_map(image).ranges) {
        ASSERT_EQ((range.address | range.size) % 4, 0U);
        ASSERT_GE(range.address, end);
        end = range.address + range.size;
        ASSERT_LE(range.file_offset, image.bytes.size());
        ASSERT_LE(range.size, image.bytes.size() - range.file_offset);
      }
    } catch (const UserError&) {
      continue;  // the damage hit what the loader needs
    }
  }
}

// A data segment that holds a dynamic section of five entries and its strings.
ElfFile dynamic_program() {
  static constexpr char kStrings[] = "\0libc.so.6\0libm.so.6\0/opt/lib";
  constexpr std::uint64_t kEntries = 6 * 16;
  ElfFile file = tiny_program();
  file.phdrs.push_back(file.phdrs[1]);
  file.phdrs[0].file_size = file.phdrs[0].memory_size = file.rest_offset() + 4;
  file.header.entry = kCodeAddress + file.rest_offset();
  const std::uint64_t at = file.rest_offset() + 4;
  const std::uint64_t address = testing::kDataAddress;
  const std::uint64_t entries[] = {1, 1, 1, 11, 5, address + kEntries, 10, sizeof(kStrings), 29, 21, 0, 0};
  file.rest.resize(4 + kEntries + sizeof(kStrings));
  std::memcpy(file.rest.data() + 4, entries, kEntries);
  std::memcpy(file.rest.data() + 4 + kEntries, kStrings, sizeof(kStrings));
  const std::uint64_t size = kEntries + sizeof(kStrings);
  file.phdrs[1] = {kPhdrLoad, 6, at, address, address, size, size, 4};
  file.phdrs[2] = {kPhdrDynamic, 6, at, address, address, kEntries, kEntries, 4};
  return file;
}

TEST(DynamicSection, SaysWhatIsNeeded) {
  const DynamicSection dynamic = read_dynamic(parse_elf("p", dynamic_program().bytes()));
  EXPECT_EQ(dynamic.needed, (std::vector<std::string>{"libc.so.6", "libm.so.6"}));
  EXPECT_EQ(dynamic.runpath, "/opt/lib");
  EXPECT_TRUE(dynamic.has_runpath);
  EXPECT_TRUE(read_dynamic(parse_elf("p", tiny_program().bytes())).needed.empty());
}

TEST(DynamicSection, DamageGivesFewerNames) {
  const std::vector<std::byte> whole = dynamic_program().bytes();
  std::mt19937 random(4);
  for (int round = 0; round < 3000; ++round) {
    try {
      const DynamicSection dynamic = read_dynamic(parse_elf("p", damaged(whole, 64, random)));
      EXPECT_LE(dynamic.needed.size(), 6U);
    } catch (const UserError&) {
      continue;  // the damage hit what the loader needs
    }
  }
}

}  // namespace
}  // namespace m2sim::emu
