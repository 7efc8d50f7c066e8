#include "cmd/phases/bb_file.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cmd/console/child_process.h"
#include "cmd/console/output_file.h"
#include "emu/user_error.h"

namespace m2sim::cmd {
namespace {

using Vector = std::vector<timing::BlockCount>;

std::vector<Vector> read(const std::string& text) {
  const TemporaryDirectory folder;
  write_file(folder.file("v.bb"), text);
  std::vector<Vector> vectors;
  read_bb_file(folder.file("v.bb"), [&](const Vector& vector) { vectors.push_back(vector); });
  return vectors;
}

TEST(BbFile, ALineIsAsSimPointReadsIt) {
  EXPECT_EQ(bb_line(Vector{{45, 1024}, {189, 99634}}), "T:45:1024 :189:99634 \n");
}

TEST(BbFile, WhatIsWrittenIsRead) {
  const Vector one{{1, 70}, {9, 30}};
  const Vector two{{2, UINT64_MAX - 100}};
  EXPECT_EQ(read(bb_line(one) + bb_line(Vector{}) + bb_line(two)), (std::vector<Vector>{one, {}, two}));
}

// Valgrind's exp-bbv puts blanks behind each, some have comments.
TEST(BbFile, OthersFilesAreRead) {
  EXPECT_EQ(read("# vectors\nT:1:23   :56:1   :3:5\n\nT:2:8\r\n"),
            (std::vector<Vector>{{{1, 23}, {56, 1}, {3, 5}}, {{2, 8}}}));
}

TEST(BbFile, BadOnesAreRefusedByLine) {
  const auto refused = [](const std::string& text) {
    try {
      read(text);
    } catch (const emu::UserError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  for (const std::string bad :
       {"T:1:2\nS:1:2\n", "T:1:2\nT:1\n", "T:1:2\nT:1:\n", "T:1:2\nT1:2\n", "T:1:2\nT:1:2x\n",
        "T:1:2\nT:-1:2\n", "T:1:2\nT:1:99999999999999999999999\n",
        "T:1:2\nT:1:9000000000000000000 :2:9000000000000000000 :3:900000000000000000\n",
        "T:1:18446744073709551615\nT:1:1\n"}) {
    EXPECT_NE(refused(bad).find("line 2"), std::string::npos) << bad << ": " << refused(bad);
  }
  EXPECT_NE(refused("").find("has no basic-block vectors"), std::string::npos);
  EXPECT_NE(refused("T:1:0\n").find("has no basic-block vectors"), std::string::npos);
}

}  // namespace
}  // namespace m2sim::cmd
