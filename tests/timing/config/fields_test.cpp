#include "timing/config/fields.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "timing/config/bounds.h"
#include "timing/config/field_text.h"

namespace m2sim::timing {
namespace {

Field field_of(const CoreConfig& config, std::string_view path) {
  for (const Field& field : fields(config)) {
    if (field.path == path) return field;
  }
  ADD_FAILURE() << "no field " << path;
  return fields(config).front();
}

std::string set(CoreConfig& config, std::string_view path, const std::vector<std::string>& words) {
  return set_words(config, field_of(config, path), words);
}

TEST(ConfigFields, EachPathLeadsToAMemberOfItsOwn) {
  CoreConfig config = m2_pcore();
  const std::vector<Field> all = fields(config);
  std::uint32_t value = 1000;
  for (const Field& field : all) {
    if (field.kind != FieldKind::kNames) field.set(config, value++);
  }
  value = 1000;
  std::set<std::string> paths;
  for (const Field& field : all) {
    if (field.kind != FieldKind::kNames) {
      EXPECT_EQ(field.get(config), value++) << field.path;
    }
    EXPECT_TRUE(paths.insert(field.path).second) << field.path;
    EXPECT_FALSE(field.unit.empty()) << field.path;
    EXPECT_FALSE(field.meaning.empty()) << field.path;
  }
}

TEST(ConfigFields, APathNamesTheMemberThatItLeadsTo) {
  CoreConfig config = m2_pcore();
  const auto position = [&](std::string_view path) { return field_of(config, path).offset; };
  const auto* const base = reinterpret_cast<const char*>(&config);
  const auto at = [&](const std::uint32_t& member) {
    return static_cast<std::size_t>(reinterpret_cast<const char*>(&member) - base);
  };
  EXPECT_EQ(position("rob.groups"), at(config.rob.groups));
  EXPECT_EQ(position("l1d.kib"), at(config.l1d.cache.kib));
  EXPECT_EQ(position("mmu.l2_tlb.ways"), at(config.mmu.l2_tlb.ways));
  EXPECT_EQ(position("ports.names"), at(config.ports.count));
  EXPECT_EQ(position("ports.u3.capabilities"), at(config.ports[2].capabilities));
  EXPECT_EQ(position("schedulers.mem.entries"), at(config.schedulers[6].entries));
  EXPECT_EQ(position("branch.tage.6.ways"), at(config.branch.tage[5].ways));
}

TEST(ConfigFields, ConstantsAreTheBoundsOfTheTable) {
  const CoreConfig config = m2_pcore();
  EXPECT_EQ(field_of(config, "rob.groups").max, Bounds<RobConfig>::groups.max);
  EXPECT_EQ(field_of(config, "schedulers.u1.entries").max, Bounds<SchedulerConfig>::entries.max);
  EXPECT_EQ(field_of(config, "slc.kib").min, Bounds<CacheConfig>::kib.min);
}

TEST(ConfigText, SetsDecimalHexadecimalAndNames) {
  CoreConfig config = m2_pcore();
  EXPECT_EQ(set(config, "rob.groups", {"77"}), "");
  EXPECT_EQ(config.rob.groups, 77U);
  EXPECT_EQ(set(config, "rob.groups", {"0x20"}), "");
  EXPECT_EQ(config.rob.groups, 32U);
  EXPECT_EQ(set(config, "ports.u7.capabilities", {"load", "store"}), "");
  EXPECT_EQ(config.ports[6].capabilities, kCapLoad | kCapStore);
  EXPECT_EQ(set(config, "ports.u7.scheduler", {"u11"}), "");
  EXPECT_EQ(config.ports[6].scheduler, 7U);
  EXPECT_EQ(set(config, "schedulers.u1.queue", {"fp"}), "");
  EXPECT_EQ(config.schedulers[0].queue, 3U);
}

TEST(ConfigText, EveryValueReadsBackAsItWasWritten) {
  const CoreConfig config = m2_pcore();
  CoreConfig copy = config;
  for (const Field& field : fields(config)) {
    EXPECT_EQ(set_words(copy, field, words_of(config, field)), "") << field.path;
  }
  EXPECT_EQ(std::memcmp(&config, &copy, sizeof config), 0);
  EXPECT_EQ(text_of(config, field_of(config, "ports.u5.capabilities")), "alu,mul,div");
  EXPECT_EQ(text_of(config, field_of(config, "ports.u8.scheduler")), "mem");
  EXPECT_EQ(text_of(config, field_of(config, "dispatch_queues.names")), "int0,int1,mem,fp");
}

TEST(ConfigText, RefusesWhatItCannotSetAndLeavesTheRestAlone) {
  struct Case {
    std::string path;
    std::vector<std::string> words;
    std::string said;
  };
  std::vector<Case> cases{
      {"rob.groups", {"3", "4"}, "takes one value"},
      {"ports.u1.scheduler", {"u15"}, "there is no 'u15'; there are u1, u2"},
      {"ports.u1.scheduler", {"3"}, "there is no '3'"},
      {"ports.u1.capabilities", {"alu", "flgas"}, "there is no 'flgas'; there are alu, flags"},
      {"ports.names", {}, "0 names; there can be from 1 to"},
      {"ports.names", std::vector<std::string>(kMaxPorts + 1, "x"), "names; there can be from 1 to"},
      {"ports.names", {"a", "b", "a"}, "'a' stands there twice"},
      {"ports.names", {"a.b"}, "'a.b' is no name"},
      {"ports.names", {"names"}, "'names' is no name"},
      {"ports.names", {"seventeen-letters"}, "'seventeen-letters' is no name"}};
  for (const char* value : {"", "x", "12x", "-1", "1.5", "0x", " 3", "99999999999999999999", "0"}) {
    cases.push_back({"rob.groups", {value}, "is not a whole number from 1 to 1000"});
  }
  for (const Case& c : cases) {
    CoreConfig config = m2_pcore();
    const CoreConfig before = config;
    const std::string problem = set(config, c.path, c.words);
    EXPECT_TRUE(problem.starts_with(c.path)) << problem;
    EXPECT_NE(problem.find(c.said), std::string::npos) << problem;
    EXPECT_EQ(std::memcmp(&config, &before, sizeof config), 0) << problem;
  }
}

TEST(ConfigText, AListKeepsWhatItsElementsAreAndWhatLeadsToThem) {
  CoreConfig config = m2_pcore();
  EXPECT_EQ(set(config, "schedulers.names", {"new", "u3", "mem", "u1"}), "");
  EXPECT_EQ(config.schedulers.size(), 4U);
  EXPECT_EQ(text_of(config.schedulers[0].name), "new");
  EXPECT_EQ(config.schedulers[1].entries, 16U);
  EXPECT_EQ(text_of(config, field_of(config, "ports.u1.scheduler")), "u1");
  EXPECT_EQ(text_of(config, field_of(config, "ports.u8.scheduler")), "mem");
  EXPECT_EQ(text_of(config, field_of(config, "ports.u2.scheduler")), "none");
  EXPECT_EQ(text_of(config, field_of(config, "schedulers.new.queue")), "none");
  const std::vector<std::string> problems = check(config);
  const auto said = [&](std::string_view text) { return std::ranges::count(problems, text) == 1; };
  EXPECT_TRUE(said("ports.u2.scheduler: none is given"));
  EXPECT_TRUE(said("schedulers.new.queue: none is given"));
  EXPECT_TRUE(said("schedulers.new.entries: 0 is not in 1 to 63"));
  EXPECT_TRUE(said("schedulers: no port picks from 'new'"));
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
    std::vector<std::string> words;
    std::string_view named;
  };
  for (const Case& c :
       {Case{"l1d.kib", {"100"}, "l1d:"}, Case{"l1d.kib", {"0"}, "l1d:"}, Case{"l2.ways", {"7"}, "l2:"},
        Case{"l1i.line_bytes", {"96"}, "l1i.line_bytes"}, Case{"l1i.line_bytes", {"128"}, "l1i.line_bytes"},
        Case{"slc.line_bytes", {"64"}, "slc.line_bytes"}, Case{"mmu.page_kib", {"12"}, "mmu.page_kib"},
        Case{"mmu.dtlb.entries", {"100"}, "mmu.dtlb"}, Case{"branch.btb_l2_ways", {"5"}, "branch.btb_l2"},
        Case{"fetch.buffer_instructions", {"16"}, "fetch.buffer_instructions"},
        Case{"lsq.access_bytes", {"12"}, "lsq.access_bytes"},
        Case{"l1d.load_to_base", {"9"}, "l1d.load_to_base"},
        Case{"ports.u5.capabilities", {"alu"}, "ports: none can do 'div'"},
        Case{"ports.u1.scheduler", {"u4"}, "schedulers: no port picks from 'u1'"},
        Case{"schedulers.mem.queue", {"fp"}, "dispatch_queues: 'mem' leads to no port"},
        Case{"schedulers.u4.queue", {"fp"}, "dispatch_queues: 'fp' leads to more than"}}) {
    CoreConfig config = m2_pcore();
    ASSERT_EQ(set(config, c.path, c.words), "");
    const std::vector<std::string> problems = check(config);
    ASSERT_FALSE(problems.empty()) << c.path;
    EXPECT_TRUE(problems.front().starts_with(c.named)) << problems.front();
  }
}

TEST(ConfigCheck, ACountBeyondTheListIsFoundBeforeTheListIsWalked) {
  CoreConfig config = m2_pcore();
  config.ports.count = 1000;
  ASSERT_EQ(check(config).size(), 1U);
  EXPECT_EQ(check(config).front(), "ports.names: too many");
}

TEST(ConfigCheck, AMissingLevelNeedsNoShape) {
  CoreConfig config = m2_pcore();
  config.slc.cache.kib = 0;
  config.slc.cache.line_bytes = 64;
  config.branch.btb_l2_entries = 0;
  config.branch.btb_l2_ways = 5;
  EXPECT_TRUE(check(config).empty());
}

// Where a number comes from stands on its line, in one of four kinds and with the source named. Returns how
// many lines set a value; `sets` finds " = " on such a line.
std::size_t values_with_sources(const std::string& file, bool (*sets)(const std::string& line)) {
  std::ifstream in(std::string(M2SIM_SOURCE_DIR) + "/timing/config/" + file);
  EXPECT_TRUE(in) << file;
  std::size_t values = 0;
  for (std::string line; std::getline(in, line);) {
    if (!sets(line)) continue;
    ++values;
    bool tagged = false;
    for (const std::string kind : {"measured", "published", "fitted", "guess"}) {
      const std::size_t at = line.find("// " + kind + ": ");
      tagged |= at != std::string::npos && line.size() > at + kind.size() + 5;
    }
    EXPECT_TRUE(tagged) << file << ": " << line;
  }
  return values;
}

TEST(ConfigSources, EveryValueNamesItsSource) {
  const auto sets = [](const std::string& line) {
    const std::size_t assigned = line.find(" = ");
    return line.find('.') == line.find_first_not_of(' ') && assigned != std::string::npos &&
           line[assigned + 3] != '{';
  };
  EXPECT_EQ(values_with_sources("m2_pcore.cpp", sets), fields(m2_pcore()).size())
      << "a value is missing or shares a line";
}

TEST(ConfigSources, EveryDifferenceOfTheM1NamesItsSourceAndIsOne) {
  const auto sets = [](const std::string& line) {
    return line.find(" = ") != std::string::npos && line.find(";  //") != std::string::npos;
  };
  const std::size_t lines = values_with_sources("m1_pcore.cpp", sets);
  const CoreConfig m1 = m1_pcore();
  const CoreConfig m2 = m2_pcore();
  const auto differs = [&](const Field& field) { return field.get(m1) != field.get(m2); };
  EXPECT_EQ(lines, static_cast<std::size_t>(std::ranges::count_if(fields(m2), differs)));
}

}  // namespace
}  // namespace m2sim::timing
