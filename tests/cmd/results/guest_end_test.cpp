#include "cmd/results/guest_end.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstring>
#include <filesystem>

#include "cmd/console/child_process.h"
#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"

namespace m2sim::cmd {
namespace {

constexpr std::uint64_t kEntry = 0x400078;
constexpr std::uint32_t kAdd = 0x91000400;  // add x0, x0, #1
constexpr std::uint32_t kPrivileged = 0xd5182000;
constexpr std::uint32_t kUnallocated = 0xffffffff;

// The smallest program: an ELF header, one executable segment, one instruction.
std::string tiny_program() {
  std::string bytes(0x80, '\0');
  const auto put = [&](std::size_t offset, auto value) {
    std::memcpy(bytes.data() + offset, &value, sizeof value);
  };
  bytes.replace(0, 7,
                std::string("\x7f"
                            "ELF\x02\x01\x01",
                            7));
  put(16, std::uint16_t{2});    // an executable
  put(18, std::uint16_t{183});  // for AArch64
  put(20, std::uint32_t{1});
  put(24, kEntry);
  put(32, std::uint64_t{64});  // program headers
  put(52, std::uint16_t{64});
  put(54, std::uint16_t{56});
  put(56, std::uint16_t{1});
  put(64, std::uint32_t{1});  // to be loaded
  put(68, std::uint32_t{5});  // readable and executable
  put(80, std::uint64_t{0x400000});
  put(96, std::uint64_t{bytes.size()});
  put(104, std::uint64_t{bytes.size()});
  put(0x78, kAdd);
  return bytes;
}

class GuestEnds : public testing::Test {
 protected:
  GuestEnds() {
    write_file(folder_.file("tiny"), tiny_program());
    emu::MachineOptions options;
    options.program = folder_.file("tiny");
    machine_.emplace(options);
    manifest_.program = "tiny";
  }

  static emu::RunEnd fault(emu::FaultKind kind, std::uint32_t word) {
    return {emu::RunEnd::Kind::kFault, {kind, kEntry, 0, word}};
  }

  void expect_ours(const emu::RunEnd& end, const std::string& message) {
    try {
      settle_end(end, *machine_, manifest_);
      FAIL() << "no error";
    } catch (const emu::UserError& error) {
      EXPECT_EQ(std::string(error.what()).substr(0, message.size()), message);
      EXPECT_EQ(exit_status_of(error), kExitInternal);
    }
  }

  TemporaryDirectory folder_;
  std::optional<emu::Machine> machine_;
  Manifest manifest_;
};

TEST_F(GuestEnds, AnUnimplementedInstructionIsOurFailureAndFullyNamed) {
  const std::string message = "instruction not implemented: 0x91000400 'add x0, x0, #1' at 0x400078";
  expect_ours(fault(emu::FaultKind::kUnimplemented, kAdd), message);
}

TEST_F(GuestEnds, OneThatProgramsMayNotExecuteIsTheGuestsAndShown) {
  EXPECT_EQ(settle_end(fault(emu::FaultKind::kUndefined, kPrivileged), *machine_, manifest_),
            "tiny: killed by SIGILL: instruction 0xd5182000 'msr ttbr0_el1, x0' at 0x400078 is undefined for "
            "programs");
}

TEST_F(GuestEnds, AnUndefinedOneIsTheGuests) {
  const std::string line = settle_end(fault(emu::FaultKind::kUndefined, kUnallocated), *machine_, manifest_);
  EXPECT_EQ(line,
            "tiny: killed by SIGILL: instruction 0xffffffff at 0x400078 is undefined, or unknown to m2sim");
  EXPECT_EQ(exit_status_of(manifest_), 128 + SIGILL);
}

TEST_F(GuestEnds, AnUndefinedOneOfAnExtensionNamesIt) {
  constexpr std::uint32_t kCntw = 0x04a0e3e0;
  EXPECT_EQ(settle_end(fault(emu::FaultKind::kUndefined, kCntw), *machine_, manifest_),
            "tiny: killed by SIGILL: instruction 0x04a0e3e0 at 0x400078 is of SVE, which the m2 lacks");
}

TEST_F(GuestEnds, ALimitIsNoFailure) {
  EXPECT_EQ(settle_end({emu::RunEnd::Kind::kLimit, {}}, *machine_, manifest_), "");
  EXPECT_EQ(manifest_.end, "limit");
  EXPECT_EQ(exit_status_of(manifest_), 0);
}

}  // namespace
}  // namespace m2sim::cmd
