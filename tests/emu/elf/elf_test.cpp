#include "emu/elf/elf.h"

#include <gtest/gtest.h>

#include <random>

#include "emu/user_error.h"
#include "tests/emu/elf/elf_builder.h"

namespace m2sim::emu {
namespace {

using testing::ElfFile;
using testing::kCodeAddress;
using testing::kDataAddress;
using testing::kDataBytes;
using testing::kDataMemory;
using testing::tiny_program;

ElfImage parse(const ElfFile& file) { return parse_elf("tiny", file.bytes()); }

// The message of the error, which must be one line, name the file and ask for status 126.
std::string refusal(const std::vector<std::byte>& bytes) {
  try {
    parse_elf("tiny", bytes);
  } catch (const UserError& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.kind(), UserError::Kind::kNotExecutable);
    EXPECT_EQ(message.rfind("tiny: ", 0), 0U) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    return message;
  }
  return "accepted";
}
std::string refusal(const ElfFile& file) { return refusal(file.bytes()); }

bool mentions(const std::string& message, const std::string& what) {
  return message.find(what) != std::string::npos;
}

TEST(Elf, LoadsSegmentsWithTheirBytesAndRights) {
  const ElfImage image = parse(tiny_program());
  Memory memory;
  load_elf(image, 0, memory);
  EXPECT_TRUE(memory.allows(image.entry, 4, kProtRead | kProtExec));
  EXPECT_FALSE(memory.allows(image.entry, 4, kProtWrite));
  std::uint64_t word = 0;
  ASSERT_TRUE(memory.read_value(kDataAddress, word));
  EXPECT_EQ(word, 0x5a5a5a5a5a5a5a5aU);
  ASSERT_TRUE(memory.read_value(kDataAddress + kDataBytes, word));
  EXPECT_EQ(word, 0U);
  EXPECT_TRUE(memory.allows(kDataAddress, kDataMemory, kProtRead | kProtWrite));
  EXPECT_EQ(image.phdr_address, kCodeAddress + sizeof(ElfHeader));
}

TEST(Elf, PositionIndependentProgramsMoveByTheBias) {
  ElfFile file = tiny_program();
  file.header.type = kElfTypeShared;
  const ElfImage image = parse(file);
  EXPECT_TRUE(image.position_independent);
  constexpr std::uint64_t kBias = 0x10'0000'0000;
  Memory memory;
  load_elf(image, kBias, memory);
  EXPECT_TRUE(memory.allows(image.entry + kBias, 4, kProtExec));
  EXPECT_EQ(memory.region_at(image.entry), nullptr);
}

TEST(Elf, SegmentsThatShareAPageGetBothRights) {
  ElfFile file = tiny_program();
  file.phdrs[1].address = kCodeAddress + 0x800;
  const ElfImage image = parse(file);
  Memory memory;
  load_elf(image, 0, memory);
  EXPECT_TRUE(memory.allows(kCodeAddress, 1, kProtRead | kProtWrite | kProtExec));
  EXPECT_FALSE(memory.allows(kCodeAddress + memory.granularity(), 1, kProtExec));
  EXPECT_TRUE(memory.allows(kCodeAddress + memory.granularity(), 1, kProtWrite));
  std::uint32_t word = 0;
  ASSERT_TRUE(memory.read_value(image.entry, word));
  EXPECT_EQ(word, 0x5a5a5a5aU) << "the second segment must not wipe the first one's page";
}

TEST(Elf, ForeignFilesAreNamedForWhatTheyAre) {
  const auto text = [](const std::string& content) {
    std::vector<std::byte> bytes(content.size());
    std::memcpy(bytes.data(), content.data(), content.size());
    return refusal(bytes);
  };
  EXPECT_TRUE(mentions(refusal(std::vector<std::byte>{}), "empty"));
  EXPECT_TRUE(mentions(text("#!/bin/sh\n"), "script"));
  EXPECT_TRUE(mentions(text("\xcf\xfa\xed\xfe...."), "macOS"));
  EXPECT_TRUE(mentions(text("hello, world"), "not an ELF"));
  ElfFile file = tiny_program();
  file.header.machine = 62;
  EXPECT_TRUE(mentions(refusal(file), "x86-64"));
  file = tiny_program();
  file.header.file_class = 1;
  EXPECT_TRUE(mentions(refusal(file), "32-bit"));
  file = tiny_program();
  file.header.data = 2;
  EXPECT_TRUE(mentions(refusal(file), "big-endian"));
  file = tiny_program();
  file.header.type = kElfTypeRelocatable;
  EXPECT_TRUE(mentions(refusal(file), "object file"));
  file = tiny_program();
  file.header.type = kElfTypeCore;
  EXPECT_TRUE(mentions(refusal(file), "core dump"));
  file = tiny_program();
  file.header.type = kElfTypeShared;
  file.header.entry = 0;
  EXPECT_TRUE(mentions(refusal(file), "shared library"));
}

TEST(Elf, DamagedTablesAreNamed) {
  ElfFile file = tiny_program();
  file.phdrs[1].address = kCodeAddress + 8;
  EXPECT_TRUE(mentions(refusal(file), "overlap"));
  file = tiny_program();
  file.phdrs[1].file_size = kDataMemory + 1;
  EXPECT_TRUE(mentions(refusal(file), "larger in the file"));
  file = tiny_program();
  file.phdrs[1].offset = UINT64_MAX - 4;
  EXPECT_TRUE(mentions(refusal(file), "truncated"));
  file = tiny_program();
  file.phdrs[1].memory_size = UINT64_MAX;
  EXPECT_TRUE(mentions(refusal(file), "address space"));
  file = tiny_program();
  file.header.entry = kDataAddress;
  EXPECT_TRUE(mentions(refusal(file), "entry point"));
  file.header.entry = kCodeAddress + 2;
  EXPECT_TRUE(mentions(refusal(file), "entry point"));
  file = tiny_program();
  file.header.phdr_size = 32;
  EXPECT_TRUE(mentions(refusal(file), "program headers"));
  file = tiny_program();
  file.phdrs.clear();
  EXPECT_TRUE(mentions(refusal(file), "nothing to load"));
}

TEST(Elf, SegmentOfZerosAloneMayLieBehindTheEndOfTheFile) {
  ElfFile file = tiny_program();
  file.phdrs[1].file_size = 0;
  file.phdrs[1].offset += 0x1000000;
  Memory memory;
  load_elf(parse(file), 0, memory);
  std::uint64_t value = 1;
  ASSERT_TRUE(memory.read(kDataAddress, &value, sizeof(value)));
  EXPECT_EQ(value, 0U);
}

TEST(Elf, AlignmentsAreOnesThatALinkerWrites) {
  for (const std::uint64_t align :
       {std::uint64_t{3}, std::uint64_t{0x30}, UINT64_MAX, std::uint64_t{0x10000}}) {
    ElfFile file = tiny_program();
    file.phdrs[1].align = align;
    EXPECT_TRUE(mentions(refusal(file), "alignment of 0x")) << align;
  }
  for (const std::uint64_t align : {std::uint64_t{0}, std::uint64_t{1}}) {
    ElfFile file = tiny_program();
    file.phdrs[1].align = align;
    EXPECT_EQ(refusal(file), "accepted") << "no alignment asked for";
  }
}

// A program whose interpreter's name is `name`, which takes `size` bytes of the file from `skip` on.
ElfFile with_interpreter(const std::string& name, std::uint64_t skip, std::uint64_t size) {
  ElfFile file = tiny_program();
  const std::uint64_t offset = file.rest_offset() + sizeof(ElfPhdr) + file.rest.size();
  for (const char c : name) file.rest.push_back(static_cast<std::byte>(c));
  file.phdrs.push_back({kPhdrInterpreter, 4, offset + skip, 0, 0, size, size, 1});
  for (std::size_t i = 0; i < 2; ++i) file.phdrs[i].align = 0;
  file.phdrs[0].file_size = file.phdrs[0].memory_size += sizeof(ElfPhdr);
  file.phdrs[1].offset += sizeof(ElfPhdr);
  file.header.entry += sizeof(ElfPhdr);
  return file;
}

TEST(Elf, AnInterpretersNameIsAStringInTheFile) {
  const std::string name("/lib/ld.so\0", 11);
  EXPECT_EQ(parse(with_interpreter(name, 0, name.size())).interpreter, "/lib/ld.so");
  const auto refused = [](const std::string& text, std::uint64_t skip, std::uint64_t size) {
    return refusal(with_interpreter(text, skip, size));
  };
  EXPECT_TRUE(mentions(refused(name, 0, name.size() - 1), "is not a string")) << "no zero byte";
  EXPECT_TRUE(mentions(refused(name, 0, name.size() + 1), "outside the file"));
  EXPECT_TRUE(mentions(refused(name, UINT64_MAX / 2, name.size()), "outside the file"));
  EXPECT_TRUE(mentions(refused(name, 0, UINT64_MAX), "outside the file"));
  EXPECT_TRUE(mentions(refused(std::string(5000, 'a') + '\0', 0, 5001), "outside the file")) << "too long";
  EXPECT_TRUE(mentions(refused(std::string("\0\0", 2), 0, 2), "is not a string")) << "empty";
  EXPECT_TRUE(mentions(refused(std::string("/l\x1b[2J\0", 7), 0, 7), "is not a string"))
      << "control characters";
}

TEST(Elf, SegmentsThatDoNotFitTheGuestAreRefusedWhenLoaded) {
  const auto load_refusal = [](const ElfFile& file) -> std::string {
    Memory memory;
    try {
      load_elf(parse(file), 0, memory);
    } catch (const UserError& error) {
      return error.what();
    }
    return "accepted";
  };
  ElfFile file = tiny_program();
  file.phdrs[1].memory_size = std::uint64_t{1} << 61U;
  EXPECT_TRUE(mentions(load_refusal(file), "address space"));
  file = tiny_program();
  file.phdrs[0].address = 0;
  file.header.entry -= kCodeAddress;
  EXPECT_TRUE(mentions(load_refusal(file), "lies below 0x10000"));
  file.phdrs[0].address = 0x1000;
  file.header.entry += 0x1000;
  EXPECT_TRUE(mentions(load_refusal(file), "lies below 0x10000"));
  file.phdrs[0].address = 0x10000;
  file.header.entry += 0xf000;
  EXPECT_EQ(load_refusal(file), "accepted");
}

TEST(Elf, EveryTruncationIsRefused) {
  const std::vector<std::byte> whole = tiny_program().bytes();
  ASSERT_EQ(refusal(whole), "accepted");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_NE(refusal({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}), "accepted")
        << length;
  }
}

// Whatever the bytes are, the loader loads or refuses; a sanitizer build checks that it stays in bounds.
TEST(Elf, RandomDamageNeverDoesMoreThanAnError) {
  const std::vector<std::byte> whole = tiny_program().bytes();
  std::mt19937 random(1);
  unsigned loaded = 0;
  unsigned refused = 0;
  for (int round = 0; round < 4000; ++round) {
    std::vector<std::byte> bytes = whole;
    for (std::uint64_t flips = 1 + random() % 4; flips > 0; --flips) {
      bytes[random() % bytes.size()] = static_cast<std::byte>(random() % 3 == 0 ? 0xff : random());
    }
    try {
      const ElfImage image = parse_elf("damaged", std::move(bytes));
      // Memory is dear: only images that are still small are also loaded.
      if (image.end() - image.begin() < (std::uint64_t{1} << 24U)) {
        Memory memory;
        load_elf(image, image.position_independent ? 0x1000000 : 0, memory);
      }
      ++loaded;
    } catch (const UserError& error) {
      EXPECT_EQ(error.kind(), UserError::Kind::kNotExecutable);
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
      ++refused;
    }
  }
  EXPECT_GT(loaded, 100U);
  EXPECT_GT(refused, 100U);
}

TEST(Elf, AMissingFileIsNotFoundAndADirectoryNotExecutable) {
  const auto kind = [](const std::string& path) -> std::optional<UserError::Kind> {
    try {
      read_elf(path);
    } catch (const UserError& error) {
      return error.kind();
    }
    return std::nullopt;
  };
  EXPECT_EQ(kind("/nowhere/program"), UserError::Kind::kNotFound);
  EXPECT_EQ(kind("/"), UserError::Kind::kNotExecutable);
  EXPECT_EQ(kind("/dev/null"), UserError::Kind::kNotExecutable);
}

}  // namespace
}  // namespace m2sim::emu
