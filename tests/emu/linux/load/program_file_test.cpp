// The first line of a script, as Linux reads it (execve(2), "Interpreter scripts").
#include "emu/linux/load/program_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace m2sim::emu {
namespace {

std::vector<std::byte> bytes(const std::string& text) {
  std::vector<std::byte> result(text.size());
  std::memcpy(result.data(), text.data(), text.size());
  return result;
}

TEST(ScriptLine, OnlyTwoCharactersMakeAScript) {
  EXPECT_TRUE(is_script(bytes("#!")));
  EXPECT_FALSE(is_script(bytes("#")));
  EXPECT_FALSE(is_script(bytes(" #!/bin/sh\n")));
}

TEST(ScriptLine, NamesInterpreterAndOneArgument) {
  const auto line = parse_script_line(bytes("#! \t/usr/bin/env  -S a b \t\nrest\n"));
  ASSERT_TRUE(line);
  EXPECT_EQ(line->interpreter, "/usr/bin/env");
  EXPECT_EQ(line->argument, "-S a b");
}

TEST(ScriptLine, BlanksAloneAreNoArgument) {
  const auto line = parse_script_line(bytes("#!/bin/sh  "));
  ASSERT_TRUE(line);
  EXPECT_EQ(line->interpreter, "/bin/sh");
  EXPECT_FALSE(line->argument);
}

TEST(ScriptLine, WithoutANameThereIsNone) {
  EXPECT_FALSE(parse_script_line(bytes("#!")));
  EXPECT_FALSE(parse_script_line(bytes("#! \t\n/bin/sh\n")));
}

TEST(ScriptLine, ANameThatMayGoOnIsRefusedAnArgumentIsCut) {
  const std::string too_long = "#!/" + std::string(253, 'a');
  ASSERT_EQ(too_long.size(), 256U);
  EXPECT_FALSE(parse_script_line(bytes(too_long)));
  const auto cut = parse_script_line(bytes("#!/bin/sh " + std::string(246, 'b')));
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->argument->size(), 246U);
}

}  // namespace
}  // namespace m2sim::emu
