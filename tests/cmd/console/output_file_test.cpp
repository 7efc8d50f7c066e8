#include "cmd/console/output_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "cmd/console/child_process.h"
#include "cmd/console/failure.h"
#include "cmd/results/sha256.h"

namespace m2sim::cmd {
namespace {

namespace fs = std::filesystem;

class OutputFile : public testing::Test {
 protected:
  std::size_t files() const {
    const fs::path path = fs::path(folder_.file("x")).parent_path();
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
  }

  TemporaryDirectory folder_;
};

TEST_F(OutputFile, ReplacesTheWholeFileAndLeavesNothingElse) {
  const std::string path = folder_.file("out");
  write_file(path, "a longer text than the next one");
  write_file(path, "short");
  EXPECT_EQ(read_file(path), "short");
  EXPECT_EQ(files(), 1U);
}

TEST_F(OutputFile, FollowsALinkToItsTarget) {
  const std::string target = folder_.file("target");
  write_file(target, "old");
  fs::create_symlink(target, folder_.file("link"));
  write_file(folder_.file("link"), "new");
  EXPECT_TRUE(fs::is_symlink(folder_.file("link")));
  EXPECT_EQ(read_file(target), "new");
}

TEST_F(OutputFile, AFullDeviceIsAnError) {
  try {
    write_file("/dev/full", "text");
    FAIL() << "no error";
  } catch (const emu::UserError& error) {
    EXPECT_STREQ(error.what(), "cannot write '/dev/full': No space left on device");
    EXPECT_EQ(exit_status_of(error), kExitInternal);
  }
}

TEST_F(OutputFile, SaysBeforehandWhatCannotBeWritten) {
  EXPECT_THROW(require_writable(""), emu::UserError);
  EXPECT_THROW(require_writable(folder_.file("no/such/folder")), emu::UserError);
  EXPECT_THROW(require_writable(fs::path(folder_.file("x")).parent_path().string()), emu::UserError);
  EXPECT_NO_THROW(require_writable(folder_.file("new")));
  EXPECT_NO_THROW(require_writable("/dev/null"));
}

TEST_F(OutputFile, OneFileIsNotWrittenTwiceNorOverAnInput) {
  const std::string a = folder_.file("a");
  const std::string b = folder_.file("b");
  EXPECT_NO_THROW(require_outputs({a, "", b}));
  EXPECT_THROW(require_outputs({a, a}), emu::UserError);
  EXPECT_THROW(require_outputs({a, folder_.file("./a")}), emu::UserError);
  EXPECT_NO_THROW(require_outputs({"/dev/null", "/dev/null"}, {"/dev/null"}));
  write_file(a, "in");
  EXPECT_THROW(require_outputs({b, folder_.file("./a")}, {a}), emu::UserError);
  fs::create_symlink(a, b);
  EXPECT_THROW(require_outputs({b}, {a}), emu::UserError);
  EXPECT_NO_THROW(require_outputs({b}, {folder_.file("c")}));
}

// The published test vectors of FIPS 180-4.
TEST(Sha256, AgreesWithTheStandard) {
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace m2sim::cmd
