#include "cmd/results/config_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "emu/user_error.h"

namespace m2sim::cmd {
namespace {

bool same(const timing::CoreConfig& a, const timing::CoreConfig& b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

std::string refusal(const std::string& toml) {
  try {
    require_buildable(parse_config(toml, "f.toml"));
  } catch (const emu::UserError& error) {
    return error.what();
  }
  return "";
}

std::string refused_setting(const std::string& setting) {
  timing::CoreConfig config = built_in_core("m2-pcore");
  const timing::CoreConfig before = config;
  try {
    apply_setting(config, setting);
  } catch (const emu::UserError& error) {
    EXPECT_TRUE(same(config, before)) << setting;
    return error.what();
  }
  return "";
}

TEST(ConfigFile, WhatIsWrittenReadsBackTheSame) {
  for (const std::string& name : core_names()) {
    const timing::CoreConfig core = built_in_core(name);
    EXPECT_TRUE(same(parse_config(config_toml(core), "f.toml"), core)) << name;
    // On another base too: a dump says everything.
    EXPECT_TRUE(same(parse_config("base = \"m1-pcore\"\n" + config_toml(core), "f.toml"), core)) << name;
  }
}

TEST(ConfigFile, WritesWhatDiffersAndWhatThereIsToSay) {
  timing::CoreConfig core = built_in_core("m2-pcore");
  core.rob.groups = 77;
  core.ports[2].scheduler = 3;
  const auto comment = [](const timing::Field& field) {
    return std::string(field.path == "l2.load_to_use" ? "measured by hand" : "");
  };
  const std::string toml = difference_toml(core, "m2-pcore", comment);
  EXPECT_EQ(toml,
            "base = \"m2-pcore\"\n\n[rob]\ngroups = 77\n\n[ports.u3]\nscheduler = \"u4\"\n\n[l2]\n"
            "load_to_use = 17  # measured by hand\n");
  EXPECT_TRUE(same(parse_config(toml, "f.toml"), core));
  const auto nothing = [](const timing::Field&) { return std::string(); };
  EXPECT_EQ(difference_toml(built_in_core("m1-pcore"), "m1-pcore", nothing), "base = \"m1-pcore\"\n");
}

TEST(ConfigFile, WithOtherPartsThanTheBaseItWritesEverything) {
  const timing::CoreConfig core = load_config(M2SIM_SOURCE_DIR "/tests/cmd/results/cores/small.toml");
  const std::string toml =
      difference_toml(core, "m2-pcore", [](const timing::Field&) { return std::string(); });
  EXPECT_TRUE(same(parse_config(toml, "f.toml"), core));
}

TEST(ConfigFile, SaysNamesWhereThereAreNames) {
  const std::string toml = config_toml(built_in_core("m2-pcore"));
  for (const std::string line :
       {"\n[ports]\nnames = [\"u1\", \"u2\", ",
        "\n[ports.u5]\ncapabilities = [\"alu\", \"mul\", \"div\"]\nscheduler = \"u5\"\n",
        "\n[schedulers.mem]\nentries = 52\nqueue = \"mem\"\n"}) {
    EXPECT_NE(toml.find(line), std::string::npos) << line;
  }
}

TEST(ConfigFile, ChangesWhatItMentions) {
  const timing::CoreConfig config = parse_config(
      "base = \"m1-pcore\"\n[rob]\ngroups = 77\n[prefetch]\nenabled = false\n[ports.u3]\nscheduler = "
      "\"u4\"\n",
      "f.toml");
  timing::CoreConfig wanted = built_in_core("m1-pcore");
  wanted.rob.groups = 77;
  wanted.prefetch.enabled = 0;
  wanted.ports[2].scheduler = 3;
  EXPECT_TRUE(same(config, wanted));
}

TEST(ConfigFile, NamesTheProcessorOrHasThatOfItsBase) {
  EXPECT_EQ(parse_cpu("", "f.toml"), emu::Cpu::kM2);
  EXPECT_EQ(parse_cpu("base = \"m1-pcore\"\n", "f.toml"), emu::Cpu::kM1);
  EXPECT_EQ(parse_cpu("base = \"m1-pcore\"\ncpu = \"m2\"\n", "f.toml"), emu::Cpu::kM2);
  for (const emu::Cpu cpu : {emu::Cpu::kM1, emu::Cpu::kM2})
    EXPECT_EQ(parse_cpu(cpu_toml(cpu), "f.toml"), cpu);
  EXPECT_TRUE(same(parse_config("cpu = \"m1\"\n", "f.toml"), built_in_core("m2-pcore")));
}

TEST(ConfigFile, EveryBuiltInCoreIsThatOfAProcessor) {
  for (const std::string& name : core_names()) EXPECT_NO_THROW(cpu_of_core(name)) << name;
  EXPECT_EQ(cpu_of_core("m1-pcore"), emu::Cpu::kM1);
  EXPECT_EQ(cpu_of_core("m2-pcore"), emu::Cpu::kM2);
}

TEST(ConfigFile, ListsMayGrowShrinkAndChangeTheirOrder) {
  const timing::CoreConfig config = parse_config(
      "[ports]\nnames = [\"ls\", \"u14\", \"u1\"]\n[ports.ls]\ncapabilities = [\"load\", "
      "\"store\"]\nscheduler = \"mem\"\n",
      "f.toml");
  ASSERT_EQ(config.ports.size(), 3U);
  EXPECT_EQ(config.ports[0].capabilities, timing::kCapLoad | timing::kCapStore);
  EXPECT_EQ(config.ports[0].scheduler, 6U);
  EXPECT_EQ(config.ports[1].capabilities, built_in_core("m2-pcore").ports[13].capabilities);
  EXPECT_EQ(config.ports[2].scheduler, 0U);
}

TEST(ConfigFile, NamesTheLineAndTheNearest) {
  EXPECT_EQ(refusal("[rob]\ngruops = 3\n"),
            "f.toml, line 2: there is no configuration field 'rob.gruops'; did you mean 'rob.groups'?");
  EXPECT_EQ(refusal("[ports.u15]\nscheduler = \"u1\"\n"),
            "f.toml, line 2: there is no configuration field 'ports.u15.scheduler'; did you mean "
            "'ports.u1.scheduler'?");
  EXPECT_EQ(refusal("[rob]\ngroups = 1001\n"),
            "f.toml, line 2: rob.groups = 1001 is not a whole number from 1 to 1000");
  EXPECT_EQ(refusal("[rob]\ngroups = 1.5\n"),
            "f.toml, line 2: rob.groups must be a whole number, a name or a list of names");
  EXPECT_TRUE(refusal("[ports.u1]\nscheduler = \"u15\"\n")
                  .starts_with("f.toml, line 2: ports.u1.scheduler: there is no 'u15'; there are u1, u2"));
  EXPECT_EQ(refusal("base = 3\n"), "f.toml: base must be the name of a built-in core");
  EXPECT_TRUE(refusal("[rob\n").starts_with("f.toml, line 1, column"));
}

TEST(ConfigFile, APartThatIsNotDescribedIsNoCore) {
  EXPECT_EQ(refusal("[schedulers]\nnames = [\"u1\", \"u2\", \"u3\", \"u4\", \"u5\", \"u6\", \"ls\", \"u11\", "
                    "\"u12\", \"u13\", \"u14\"]\n"),
            "no core can be built from this configuration: schedulers.ls.entries: 0 is not in 1 to 63");
}

TEST(Settings, TakeNumbersNamesAndLists) {
  timing::CoreConfig config = built_in_core("m2-pcore");
  apply_setting(config, "rob.groups=0x40");
  apply_setting(config, "ports.u5.capabilities=alu,mul");
  apply_setting(config, "dispatch_queues.names=fp,mem,int1,int0");
  EXPECT_EQ(config.rob.groups, 64U);
  EXPECT_EQ(config.ports[4].capabilities, timing::kCapAlu | timing::kCapMul);
  EXPECT_EQ(config.schedulers[0].queue, 3U);
}

TEST(Settings, RefuseWhatAFieldCannotHave) {
  EXPECT_EQ(refused_setting("rob.groups"), "--set: 'rob.groups' has no value; write path=value");
  EXPECT_EQ(refused_setting("rob.groups="), "--set: rob.groups =  is not a whole number from 1 to 1000");
  EXPECT_EQ(refused_setting("rob.groups=1,2"), "--set: rob.groups takes one value, not 2");
  EXPECT_EQ(refused_setting("prf.pf=100"),
            "--set: there is no configuration field 'prf.pf'; did you mean 'prf.fp'?");
  EXPECT_EQ(refused_setting("ports.names=a,,b"),
            "--set: ports.names: '' is no name; one has 1 to 15 characters of a-z, 0-9, _ and -");
}

}  // namespace
}  // namespace m2sim::cmd
