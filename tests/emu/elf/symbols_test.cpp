#include "emu/elf/symbols.h"

#include <gtest/gtest.h>

#include <random>

#include "emu/user_error.h"
#include "tests/emu/elf/elf_builder.h"

namespace m2sim::emu {
namespace {

using testing::ElfFile;
using testing::kCodeAddress;
using testing::kDataAddress;
using testing::tiny_program;

ElfFile program_with_symbols() {
  ElfFile file = tiny_program();
  file.add_symbol("$x", kCodeAddress, 0, 0);
  file.add_symbol("alias_of_main", kCodeAddress + 16, 0, 0);
  file.add_symbol("main", kCodeAddress + 16, 32);
  file.add_symbol("helper", kCodeAddress + 48, 8);
  file.add_symbol("table", kDataAddress, 64, 1);
  return file;
}

TEST(Symbols, NamesAnAddressByTheSymbolAtOrBelowIt) {
  const ElfImage image = parse_elf("p", program_with_symbols().bytes());
  constexpr std::uint64_t kBias = 0x10000;
  Symbols symbols(image, kBias);
  EXPECT_EQ(symbols.describe(kBias + kCodeAddress + 16), "main");
  EXPECT_EQ(symbols.describe(kBias + kCodeAddress + 16 + 0x1c), "main+0x1c");
  EXPECT_EQ(symbols.describe(kBias + kCodeAddress + 49), "helper+0x1");
  EXPECT_EQ(symbols.describe(kBias + kDataAddress + 8), "table+0x8");
  EXPECT_EQ(symbols.describe(kBias + kCodeAddress + 8), "0x410008") << "nothing but a mapping symbol below";
  EXPECT_EQ(symbols.describe(0x1234), "0x1234") << "outside every segment";
}

TEST(Symbols, FindsAnAddressByName) {
  const ElfImage image = parse_elf("p", program_with_symbols().bytes());
  Symbols symbols(image, 0x10000);
  EXPECT_EQ(symbols.address_of("helper"), 0x10000 + kCodeAddress + 48);
  EXPECT_EQ(symbols.address_of("$x"), std::nullopt);
  EXPECT_EQ(symbols.address_of("missing"), std::nullopt);
}

TEST(Symbols, ProgramsWithoutTablesHaveNone) {
  const ElfImage image = parse_elf("p", tiny_program().bytes());
  Symbols symbols(image, 0);
  EXPECT_EQ(symbols.find(kCodeAddress), std::nullopt);
  EXPECT_EQ(symbols.describe(kCodeAddress), "0x400000");
}

TEST(Symbols, DamagedTablesGiveFewerNamesAndNoCrash) {
  const std::vector<std::byte> whole = program_with_symbols().bytes();
  const std::size_t tables = tiny_program().bytes().size();
  std::mt19937 random(2);
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::byte> bytes = whole;
    for (std::uint64_t flips = 1 + random() % 6; flips > 0; --flips) {
      const bool in_header = random() % 4 == 0;
      const std::size_t at = in_header ? 40 + random() % 24 : tables + random() % (bytes.size() - tables);
      bytes[at] = static_cast<std::byte>(random() % 2 == 0 ? 0xff : random());
    }
    try {
      const ElfImage image = parse_elf("damaged", std::move(bytes));
      Symbols symbols(image, 0);
      EXPECT_FALSE(symbols.describe(kCodeAddress + 40).empty());
    } catch (const UserError&) {
      continue;  // the flip hit the fields the loader needs
    }
  }
}

}  // namespace
}  // namespace m2sim::emu
