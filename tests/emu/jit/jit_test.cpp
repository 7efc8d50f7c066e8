// Machine code of blocks in whole runs; the instructions themselves are proven by tests/rows, with --jit 1.

#include "emu/jit/jit.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "emu/emulator.h"
#include "tests/emu/quiet_run.h"

namespace m2sim::emu {
namespace {

using testing::run_quietly;

struct Guest {
  Guest(const std::string& name, std::int32_t jit_after)
      : machine(options(name, jit_after)), emulator(machine) {}

  static MachineOptions options(const std::string& name, std::int32_t jit_after) {
    MachineOptions result;
    result.program = std::string(M2SIM_BINARY_DIR) + "/tests/guests/" + name;
    result.jit_after = jit_after;
    return result;
  }

  Machine machine;
  Emulator emulator;
};

TEST(Jit, ABlockBecomesMachineCodeWhenItHasBeenEnteredSoOften) {
  // A thousand passes of one block, and one pass of others.
  for (const std::int32_t after : {0, 1, 2, 999, 1001}) {
    Guest guest("counted_loop", after);
    NoSink none;
    EXPECT_EQ(guest.emulator.run(none).kind, RunEnd::Kind::kExited);
    const std::uint64_t compiled = guest.emulator.stats().blocks_compiled;
    if (!kMachineCode || after == 0 || after == 1001) {
      EXPECT_EQ(compiled, 0U) << after;
    } else if (after == 1) {
      EXPECT_EQ(compiled, guest.emulator.stats().blocks_decoded);
    } else {
      EXPECT_EQ(compiled, 1U) << after;
    }
  }
}

TEST(Jit, RunsAreAlikeWhereverBlocksBecomeMachineCode) {
  for (const char* const name :
       {"fused_branches", "modified_code", "fault_handler", "tagged_pointer", "exclusives", "long_blocks",
        "pointer_auth", "misaligned_stack", "null_load", "text_store"}) {
    std::string said;
    Guest handlers(name, 0);
    const RunEnd end = run_quietly(handlers.emulator, said);
    for (const std::int32_t after : {1, 2, 3}) {
      Guest guest(name, after);
      std::string same_said;
      const RunEnd same = run_quietly(guest.emulator, same_said);
      EXPECT_EQ(same_said, said) << name;
      EXPECT_EQ(same.kind, end.kind) << name;
      EXPECT_EQ(same.fault.kind, end.fault.kind) << name;
      EXPECT_EQ(same.fault.pc, end.fault.pc) << name;
      EXPECT_EQ(same.fault.address, end.fault.address) << name;
      EXPECT_EQ(guest.machine.end().status, handlers.machine.end().status) << name;
      EXPECT_EQ(guest.emulator.stats().insts, handlers.emulator.stats().insts) << name << after;
    }
  }
}

TEST(Jit, FullMemoryIsGivenBackAndTheRunGoesOn) {
  MachineOptions options = Guest::options("fused_branches", 1);
  std::string said;
  Guest handlers("fused_branches", 0);
  run_quietly(handlers.emulator, said);
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{1} << 14U}) {
    options.jit_bytes = bytes;
    Machine machine(options);
    Emulator emulator(machine);
    std::string same_said;
    EXPECT_EQ(run_quietly(emulator, same_said).kind, RunEnd::Kind::kExited);
    EXPECT_EQ(same_said, said);
    EXPECT_EQ(machine.end().status, handlers.machine.end().status);
    EXPECT_EQ(emulator.stats().insts, handlers.emulator.stats().insts);
    // Of one byte there is nothing to be given back.
    EXPECT_EQ(emulator.stats().cache_clears > 0, kMachineCode && bytes > 1);
    EXPECT_EQ(emulator.stats().blocks_compiled > 0, kMachineCode && bytes > 1);
  }
}

// What is watched for may lie in a block that is machine code already.
TEST(Jit, ACompiledBlockIsWatchedLikeAnyOther) {
  Guest guest("counted_loop", 1);
  NoSink none;
  EXPECT_EQ(guest.emulator.run(none, {.insts = 103}).kind, RunEnd::Kind::kLimit);
  const std::uint64_t pc = guest.emulator.cpu().pc;
  for (unsigned pass = 0; pass < 3; ++pass) {
    const std::uint64_t before = guest.emulator.stats().insts;
    const RunEnd end = guest.emulator.run(none, {.addresses = {pc}});
    EXPECT_EQ(end.kind, RunEnd::Kind::kReached);
    EXPECT_EQ(guest.emulator.cpu().pc, pc);
    if (pass > 0) {
      EXPECT_EQ(guest.emulator.stats().insts - before, 4U);
    }
  }
  EXPECT_EQ(guest.emulator.run(none).kind, RunEnd::Kind::kExited);
}

}  // namespace
}  // namespace m2sim::emu
