#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cmd/results/config_file.h"
#include "cmd/sweep/plan.h"
#include "emu/user_error.h"

namespace m2sim::cmd {
namespace {

template <class Parse>
std::string refusal(Parse parse, const std::string& toml) {
  try {
    parse(toml, "f.toml");
  } catch (const emu::UserError& error) {
    return error.what();
  }
  return "";
}

std::string refused_config(const std::string& toml) { return refusal(parse_config, toml); }

std::string repeated(const std::string& part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

constexpr const char* kTooMany = "more than 16 parts";

TEST(TomlText, KeysOfVeryManyPartsAreRefused) {
  for (const std::string part : {".a", ".\"a\"", ".'a.b'", " . a", ".\"\\\"\""}) {
    const std::string name = "a" + repeated(part, 200'000);
    for (const std::string& text : {name + " = 1\n", "[" + name + "]\n", "[[" + name + "]]\n",
                                    "b = {" + name + " = 1}\n", "b = [\n{" + name + " = 1}]\n"}) {
      const std::string why = refused_config("# 1.\n" + text);
      EXPECT_TRUE(why.starts_with("f.toml, line ")) << part << ": " << why.substr(0, 200);
      EXPECT_NE(why.find(kTooMany), std::string::npos) << part << ": " << why.substr(0, 200);
      EXPECT_EQ(refusal(parse_plan, "# 1.\n" + text), why);
    }
  }
  EXPECT_TRUE(refused_config("\n\na" + repeated(".a", 16) + " = 1\n").starts_with("f.toml, line 3: "));
  EXPECT_EQ(refused_config("a" + repeated(".a", 15) + " = 1\n").find(kTooMany), std::string::npos);
}

TEST(TomlText, WhatNestsAsDeepAsItMayIsRead) {
  const std::string key = "a" + repeated(".a", 15) + " = ";
  const std::string why = refused_config(key + repeated("[{" + key, 127) + "1" + repeated("}]", 127) + "\n");
  EXPECT_NE(why.find("f.toml, line 1"), std::string::npos) << why;
  const std::string tables = refused_config(key + repeated("{" + key, 250) + "1" + repeated("}", 250) + "\n");
  EXPECT_NE(tables.find("f.toml, line 1"), std::string::npos) << tables;
}

TEST(TomlText, DotsElsewhereAreNoPartsOfKeys) {
  const std::string dots = repeated(".", 40);
  const std::string field = "[rob]\ngroups = 77\n";
  EXPECT_EQ(refused_config("# " + dots + " it's\n" + field), "");
  const std::vector<std::string> values = {"\"" + dots + "\"",
                                           "'" + dots + "'",
                                           "'\\'",
                                           "\"\\\\\"",
                                           "\"\\\"" + dots + "\"",
                                           "\"\" # " + dots,
                                           "\"\"\"\n" + dots + "\"\"" + dots + "\\\"\"\"\"\"\"",
                                           "'''\n" + dots + "'" + dots + "'''''",
                                           "[\"" + dots + "\",\n'" + dots + "']",
                                           "\"\"\"" + dots + "\"\"\""};
  for (const std::string& value : values) {
    const std::string why = refused_config("x = " + value + "\n" + field);
    EXPECT_NE(why, "") << value;
    EXPECT_EQ(why.find(kTooMany), std::string::npos) << value << why;
    EXPECT_EQ(why.find("column"), std::string::npos) << value << why;  // it is TOML
    // Behind them keys are looked at again.
    const std::string deep = refused_config("x = " + value + "\nb" + repeated(".b", 20) + " = 1\n");
    EXPECT_NE(deep.find(kTooMany), std::string::npos) << value << deep;
  }
}

}  // namespace
}  // namespace m2sim::cmd
