#include "cmd/results/stats_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "emu/user_error.h"

namespace m2sim::cmd {
namespace {

Manifest example_manifest() {
  Manifest manifest;
  manifest.program = "dir/prog";
  manifest.program_sha256 = "ab";
  manifest.argv = {"dir/prog", "a,b", "say \"hi\"", "bad \xff byte"};
  manifest.core = "m2-pcore";
  manifest.end = "exit";
  manifest.status = 3;
  return manifest;
}

Stats example_stats() {
  return {{"core.cycles", "cycles", "", std::uint64_t{1} << 60U}, {"core.cpi", "cycles", "", 0.1}};
}

TEST(StatsFile, JsonKeepsEveryFigureExactly) {
  const auto json = nlohmann::json::parse(stats_text(FileFormat::kJson, example_manifest(), example_stats()));
  EXPECT_EQ(json["schema_version"], kSchemaVersion);
  EXPECT_EQ(json["stats"]["core.cycles"].get<std::uint64_t>(), std::uint64_t{1} << 60U);
  EXPECT_EQ(json["stats"]["core.cpi"].get<double>(), 0.1);
  EXPECT_EQ(json["manifest"]["argv"][2], "say \"hi\"");
  EXPECT_EQ(json["manifest"]["mode"], "timing");
  EXPECT_EQ(json["manifest"]["end"], "exit");
  EXPECT_EQ(json["manifest"]["status"], 3);
}

TEST(StatsFile, CsvHasThreeFieldsALineAndQuotesWhatItMust) {
  const std::string text = stats_text(FileFormat::kCsv, example_manifest(), example_stats());
  EXPECT_NE(text.find("core.cycles,1152921504606846976,cycles\n"), std::string::npos);
  EXPECT_NE(text.find("core.cpi,0.1,cycles\n"), std::string::npos);
  EXPECT_EQ(text.rfind("name,value,unit\n", 0), 0U);
  EXPECT_EQ(csv_field("plain"), "plain");
  EXPECT_EQ(csv_field("a,\"b\""), "\"a,\"\"b\"\"\"");
}

TEST(StatsFile, TheEndingChoosesTheFormat) {
  EXPECT_EQ(format_of("x.json"), FileFormat::kJson);
  EXPECT_EQ(format_of("dir.json/x.csv"), FileFormat::kCsv);
  EXPECT_THROW(format_of("x.txt"), emu::UserError);
  EXPECT_THROW(format_of("json"), emu::UserError);
}

TEST(Stats, NamesAreUniqueAndEachHasAUnitAndADescription) {
  std::set<std::string_view> names;
  for (const Stat& stat : all_stats()) {
    EXPECT_TRUE(names.insert(stat.name).second) << stat.name;
    EXPECT_FALSE(stat.unit.empty()) << stat.name;
    EXPECT_FALSE(stat.description.empty()) << stat.name;
  }
}

// What scripts and the suite rely on.
TEST(Stats, TheStableNamesExist) {
  const Stats stats = all_stats();
  for (const std::string_view name :
       {"core.cycles", "core.insts", "core.cpi", "core.ipc", "core.cpi_stack.base", "branch.mispredicts",
        "branch.mpki", "l1d.misses", "emulation.insts", "host.seconds", "host.mips"}) {
    EXPECT_NE(find_stat(stats, name), nullptr) << name;
  }
}

TEST(Stats, NothingIsInfiniteWhenNothingRan) {
  for (const Stat& stat : all_stats()) EXPECT_TRUE(std::isfinite(as_double(stat.value))) << stat.name;
}

}  // namespace
}  // namespace m2sim::cmd
