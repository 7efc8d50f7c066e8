#include "timing/config/fields.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <set>
#include <string>

namespace m2sim::timing {
namespace {

TEST(ConfigFields, EachPathLeadsToAMemberOfItsOwn) {
  CoreConfig config{};
  std::uint32_t value = 1;
  for (const Field& field : fields()) {
    field.member(config, field.index) = value++;
  }
  value = 1;
  std::set<std::string> paths;
  for (const Field& field : fields()) {
    EXPECT_EQ(field.get(config), value++) << field.path;
    EXPECT_TRUE(paths.insert(field.path).second) << field.path;
    EXPECT_FALSE(field.unit.empty()) << field.path;
    EXPECT_FALSE(field.meaning.empty()) << field.path;
    EXPECT_EQ(find_field(field.path), &field);
  }
}

// The table's order is the structs' order, so a row that names another member than its path says shows.
TEST(ConfigFields, TableKeepsTheOrderOfTheStructs) {
  CoreConfig config{};
  const auto position = [&](std::string_view path) {
    const Field* const field = find_field(path);
    const auto* const base = reinterpret_cast<const char*>(&config);
    return reinterpret_cast<const char*>(&field->member(config, field->index)) - base;
  };
  const auto* const base = reinterpret_cast<const char*>(&config);
  EXPECT_EQ(position("rob.groups"), reinterpret_cast<const char*>(&config.rob.groups) - base);
  EXPECT_EQ(position("l1d.kib"), reinterpret_cast<const char*>(&config.l1d.cache.kib) - base);
  EXPECT_EQ(position("ports.u3.capabilities"),
            reinterpret_cast<const char*>(&config.ports[2].capabilities) - base);
  EXPECT_EQ(position("branch.tage.6.ways"),
            reinterpret_cast<const char*>(&config.branch.tage[5].ways) - base);
}

TEST(ConfigFields, SetsDecimalAndHexadecimal) {
  CoreConfig config = m2_pcore();
  std::string error;
  EXPECT_TRUE(set_field(config, "rob.groups", "77", error)) << error;
  EXPECT_EQ(config.rob.groups, 77u);
  EXPECT_TRUE(set_field(config, "ports.u7.capabilities", "0x3000", error)) << error;
  EXPECT_EQ(config.ports[6].capabilities, 0x3000u);
}

TEST(ConfigFields, RefusesWhatItCannotSetAndLeavesTheRestAlone) {
  for (const std::string_view value :
       {"", "x", "12x", "-1", "1.5", "0x", " 3", "99999999999999999999", "0"}) {
    CoreConfig config = m2_pcore();
    const CoreConfig before = config;
    std::string error;
    EXPECT_FALSE(set_field(config, "rob.groups", value, error)) << value;
    EXPECT_NE(error.find("rob.groups"), std::string::npos) << error;
    EXPECT_EQ(std::memcmp(&config, &before, sizeof config), 0) << value;
  }
}

TEST(ConfigFields, NamesTheNearestPathForATypo) {
  CoreConfig config = m2_pcore();
  std::string error;
  EXPECT_FALSE(set_field(config, "rob.gruops", "5", error));
  EXPECT_NE(error.find("'rob.gruops'"), std::string::npos) << error;
  EXPECT_NE(error.find("'rob.groups'"), std::string::npos) << error;
  EXPECT_EQ(nearest_field("l1d.size_kib"), "l1d.kib");
  EXPECT_EQ(nearest_field("bracnh.ras_entries"), "branch.ras_entries");
}

// A swap of neighbours is one edit: with plain Levenshtein distance "wdith" would be two from "width".
TEST(ConfigFields, ASwapOfNeighboursIsOneEdit) {
  EXPECT_EQ(nearest_field("decode.wdith"), "decode.width");
  EXPECT_EQ(nearest_field("prf.pf"), "prf.fp");
}

TEST(ConfigCheck, BuiltinCoresAreSound) {
  for (const std::string_view name : builtin_core_names()) {
    const std::optional<CoreConfig> config = builtin_core(name);
    ASSERT_TRUE(config.has_value()) << name;
    for (const std::string& problem : check(*config)) {
      ADD_FAILURE() << name << ": " << problem;
    }
  }
  EXPECT_FALSE(builtin_core("m9-pcore").has_value());
}

TEST(ConfigCheck, FindsWhatNoCoreCanBeBuiltFrom) {
  struct Case {
    std::string_view path;
    std::string_view value;
    std::string_view named;
  };
  for (const Case& c :
       {Case{"l1d.kib", "100", "l1d:"}, Case{"l2.ways", "7", "l2:"},
        Case{"l1i.line_bytes", "96", "l1i.line_bytes"}, Case{"l1i.line_bytes", "128", "l1i.line_bytes"},
        Case{"slc.line_bytes", "64", "slc.line_bytes"}, Case{"mmu.page_kib", "12", "mmu.page_kib"},
        Case{"mmu.dtlb.entries", "100", "mmu.dtlb"}, Case{"branch.btb_l2_ways", "5", "branch.btb_l2"},
        Case{"l1d.load_to_base", "9", "l1d.load_to_base"}, Case{"ports.u5.capabilities", "1", "ports"},
        Case{"ports.u1.scheduler", "3", "schedulers"}}) {
    CoreConfig config = m2_pcore();
    std::string error;
    ASSERT_TRUE(set_field(config, c.path, c.value, error)) << error;
    const std::vector<std::string> problems = check(config);
    ASSERT_FALSE(problems.empty()) << c.path;
    EXPECT_TRUE(problems.front().starts_with(c.named)) << problems.front();
  }
}

TEST(ConfigCheck, AMissingLevelNeedsNoShape) {
  CoreConfig config = m2_pcore();
  config.slc.cache.kib = 0;
  config.slc.cache.line_bytes = 64;
  config.branch.btb_l2_entries = 0;
  config.branch.btb_l2_ways = 5;
  EXPECT_TRUE(check(config).empty());
}

// Where a number comes from stands on its line, in one of four kinds and with the source named.
TEST(ConfigSources, EveryValueNamesItsSource) {
  for (const std::string file : {"m2_pcore.cpp", "m1_pcore.cpp"}) {
    std::ifstream in(std::string(M2SIM_SOURCE_DIR) + "/timing/config/" + file);
    ASSERT_TRUE(in) << file;
    std::size_t values = 0;
    for (std::string line; std::getline(in, line);) {
      const std::size_t assigned = line.find(" = ");
      const bool is_value = line.find('.') == line.find_first_not_of(' ') && assigned != std::string::npos &&
                            line[assigned + 3] != '{';
      if (!is_value) {
        continue;
      }
      ++values;
      bool tagged = false;
      for (const std::string kind : {"measured", "published", "fitted", "guess"}) {
        const std::size_t at = line.find("// " + kind + ": ");
        tagged |= at != std::string::npos && line.size() > at + kind.size() + 5;
      }
      EXPECT_TRUE(tagged) << file << ": " << line;
    }
    EXPECT_EQ(values, fields().size()) << file << ": a value is missing or shares a line";
  }
}

}  // namespace
}  // namespace m2sim::timing
