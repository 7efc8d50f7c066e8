// The run loop on small guest programs (tests/emu/guests): limits, faults, the log, code that changes.

#include "emu/emulator.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "cmd/profile/allocations.h"
#include "insts/operands.h"

namespace m2sim::emu {
namespace {

std::string guest(const std::string& name) { return std::string(M2SIM_BINARY_DIR) + "/tests/guests/" + name; }

struct Guest {
  explicit Guest(const std::string& name, Cpu cpu = Cpu::kM2)
      : machine(options(name, cpu)), emulator(machine) {}

  static MachineOptions options(const std::string& name, Cpu cpu) {
    MachineOptions result;
    result.program = guest(name);
    result.cpu = cpu;
    result.jit_after = 1;  // where there is no log: with one, and in portable builds, handlers execute
    return result;
  }
  std::uint64_t address_of(const std::string& symbol) { return machine.symbols().address_of(symbol).value(); }

  Machine machine;
  Emulator emulator;
};

struct DroppingSink {
  static constexpr bool kLogs = true;
  void consume(const RetiredBatch& /*batch*/) {}
  void blocks_cleared() {}
};

// Keeps every batch, checking what the contract of emu/retired.h promises.
class CheckingSink {
 public:
  static constexpr bool kLogs = true;

  void consume(const RetiredBatch& batch) {
    const std::uint64_t* at = batch.words.data();
    for (const Record& record : records(batch)) {
      ASSERT_LT(*at, batch.blocks.size());
      const Block& block = *record.block;
      ASSERT_EQ(record.block, batch.blocks[*at]);
      ASSERT_EQ(block.id, *at);
      ASSERT_EQ(record.addresses, at + 1);
      EXPECT_TRUE(expected_id == kNoBlock || block.id == expected_id);
      insts += block.inst_count;
      addresses.insert(addresses.end(), record.addresses, record.addresses + block.mem_count);
      check_edge(block);
      last_end = block.end();
      last = block.insts().back();
      expected_id = record.has_next() ? record.next->id : kNoBlock;
      at += 1U + block.mem_count;
    }
    ASSERT_EQ(at, batch.words.data() + batch.words.size());
    if (!batch.words.empty()) {
      EXPECT_EQ(expected_id, batch.next_block);
    }
    retired += batch.insts;
    ++batches;
  }
  void blocks_cleared() { expected_id = kNoBlock; }

  std::uint64_t insts = 0;    // of the records
  std::uint64_t retired = 0;  // as the batches say
  std::uint64_t batches = 0;
  std::vector<std::uint64_t> addresses;

 private:
  // Where a block begins must be one of the ways out of the one before it.
  void check_edge(const Block& block) const {
    if (last_end == 0) return;
    const std::uint64_t taken = last_end - 4 + static_cast<std::uint64_t>(last.imm);
    switch (insts::flow_of(last.op)) {
      case insts::Flow::kNone:
      case insts::Flow::kSystem:
        EXPECT_EQ(block.pc, last_end);
        break;
      case insts::Flow::kJump:
      case insts::Flow::kCall:
        EXPECT_EQ(block.pc, taken);
        break;
      case insts::Flow::kConditional:
        EXPECT_TRUE(block.pc == taken || block.pc == last_end);
        break;
      default:
        break;
    }
  }

  std::uint32_t expected_id = kNoBlock;
  std::uint64_t last_end = 0;
  insts::Inst last{};
};

TEST(EmulatorTest, RetiresExactlyTheLimit) {
  constexpr std::uint64_t kAll = 3 + 4000 + 3;
  for (std::uint64_t limit : {0UL, 1UL, 2UL, 3UL, 4UL, 63UL, 64UL, 65UL, 127UL, 128UL, 129UL, 130UL, 131UL,
                              132UL, 1000UL, 4005UL, 4006UL, 4007UL, 1000000UL}) {
    Guest plain("counted_loop");
    NoSink none;
    const RunEnd end = plain.emulator.run(none, {.insts = limit});
    EXPECT_EQ(plain.emulator.stats().insts, std::min(limit, kAll));
    EXPECT_EQ(end.kind, limit <= kAll - 1 ? RunEnd::Kind::kLimit : RunEnd::Kind::kExited) << limit;

    Guest logged("counted_loop");
    CheckingSink sink;
    logged.emulator.run(sink, {.insts = limit});
    EXPECT_EQ(logged.emulator.stats().insts, std::min(limit, kAll));
    // Of the block that the limit lies in there is no record yet.
    EXPECT_LE(sink.insts, std::min(limit, kAll));
    EXPECT_GT(sink.insts + 7, std::min(limit, kAll));
    EXPECT_EQ(sink.retired, std::min(limit, kAll));
  }
}

// Three stores, dc zva, three loads: buffer + 70 lies in the block that begins at buffer + 64.
TEST(EmulatorTest, LogsTheBlockThatDcZvaClears) {
  Guest run("system_registers");
  CheckingSink sink;
  run.emulator.run(sink);
  const std::uint64_t buffer = run.address_of("buffer");
  const std::vector<std::uint64_t> expected = {buffer + 56, buffer + 120, buffer + 128, buffer + 64,
                                               buffer + 56, buffer + 120, buffer + 128};
  ASSERT_GE(sink.addresses.size(), expected.size());
  EXPECT_TRUE(std::ranges::equal(std::span(sink.addresses).last(expected.size()), expected));
}

TEST(EmulatorTest, LogsEveryEffectiveAddressInOrder) {
  Guest run("counted_loop");
  CheckingSink sink;
  run.emulator.run(sink);
  const std::uint64_t buffer = run.address_of("buffer");
  // The first one is the literal load of the buffer's address.
  ASSERT_EQ(sink.addresses.size(), 1U + 2000U);
  for (std::size_t i = 1; i < sink.addresses.size(); ++i) {
    ASSERT_EQ(sink.addresses[i], buffer + (i % 2 == 1 ? 0 : 8));
  }
}

// However the run was cut into batches, slices and single steps.
TEST(EmulatorTest, TheCounterDependsOnRetiredInstructionsAlone) {
  constexpr std::uint64_t kBefore = 2;
  constexpr std::uint64_t kTurn = 4;
  for (const std::uint64_t turns : {1000UL, 1023UL, 10000UL, 19900UL}) {
    for (const std::uint64_t extra : {0UL, 1UL, 2UL, 101UL}) {
      const std::uint64_t limit = kBefore + kTurn * turns + extra;
      const std::uint64_t last = (limit - kBefore - 2) / kTurn;  // the last turn whose reading has retired
      const std::uint64_t units =
          GuestClock::kUptimeAtStart * kInstsPerNanosecond + kBefore + kTurn * last + 1;
      Guest plain("counter");
      NoSink none;
      plain.emulator.run(none, {.insts = limit});
      Guest logged("counter");
      CheckingSink sink;
      logged.emulator.run(sink, {.insts = limit});
      EXPECT_EQ(plain.emulator.cpu().x[2], units * 24 / (kInstsPerNanosecond * 1000)) << limit;
      EXPECT_EQ(logged.emulator.cpu().x[2], plain.emulator.cpu().x[2]) << limit;
    }
  }
}

// Three ticks an instruction.
struct SlowSink : CheckingSink {
  std::uint64_t ticks() const { return 3 * retired; }
};

// A reading shows what the sink tells of all instructions before it, and its own.
TEST(EmulatorTest, TheCounterFollowsASinkThatTellsTheTime) {
  static_assert(TellsTime<SlowSink> && !TellsTime<CheckingSink>);
  constexpr std::uint64_t kBefore = 2;
  constexpr std::uint64_t kTurn = 4;
  for (const std::uint64_t turns : {1000UL, 1023UL, 10000UL}) {
    Guest run("counter");
    SlowSink sink;
    const std::uint64_t limit = kBefore + kTurn * turns;
    run.emulator.run(sink, {.insts = limit});
    const std::uint64_t told = 3 * (kBefore + kTurn * (turns - 1));
    const std::uint64_t units = GuestClock::kUptimeAtStart * kInstsPerNanosecond + told + 1;
    EXPECT_EQ(run.emulator.cpu().x[2], units * 24 / (kInstsPerNanosecond * 1000)) << limit;
    EXPECT_EQ(sink.retired, limit);
  }
}

struct FaultCase {
  const char* name;
  FaultKind kind;
  std::uint64_t retired;
};

class FaultTest : public ::testing::TestWithParam<FaultCase> {};

TEST_P(FaultTest, NamesTheInstructionAndCountsWhatRetired) {
  const FaultCase& expected = GetParam();
  Guest plain(expected.name);
  NoSink none;
  const RunEnd end = plain.emulator.run(none);
  ASSERT_EQ(end.kind, RunEnd::Kind::kFault);
  EXPECT_EQ(end.fault.kind, expected.kind);
  EXPECT_EQ(end.fault.pc, plain.address_of("bad"));
  EXPECT_EQ(plain.emulator.stats().insts, expected.retired);

  Guest logged(expected.name);
  CheckingSink sink;
  const RunEnd logged_end = logged.emulator.run(sink);
  EXPECT_EQ(logged_end.fault.pc, end.fault.pc);
  EXPECT_EQ(logged_end.fault.address, end.fault.address);
  EXPECT_EQ(logged.emulator.stats().insts, expected.retired);
  EXPECT_LE(sink.insts, expected.retired);
}

INSTANTIATE_TEST_SUITE_P(Guests, FaultTest,
                         ::testing::Values(FaultCase{"null_load", FaultKind::kRead, 4},
                                           FaultCase{"text_store", FaultKind::kWrite, 2},
                                           FaultCase{"wild_load", FaultKind::kRead, 3},
                                           FaultCase{"jump_to_data", FaultKind::kFetch, 2},
                                           FaultCase{"odd_jump", FaultKind::kPcAlignment, 3},
                                           FaultCase{"misaligned_exclusive", FaultKind::kAlignment, 1},
                                           FaultCase{"failed_authentication", FaultKind::kPointerAuth, 4},
                                           FaultCase{"breakpoint", FaultKind::kBreakpoint, 1},
                                           FaultCase{"undefined", FaultKind::kUndefined, 2}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(EmulatorTest, FaultAddressIsTheGuests) {
  Guest null_load("null_load");
  NoSink none;
  EXPECT_EQ(null_load.emulator.run(none).fault.address, 24U);
  Guest wild("wild_load");
  EXPECT_EQ(wild.emulator.run(none).fault.address, 0x00ff000000000000U);
  Guest misaligned("misaligned_exclusive");
  EXPECT_EQ(misaligned.emulator.run(none).fault.address % 16, 9U);
}

int exit_status_of(const std::string& name, Cpu cpu = Cpu::kM2) {
  Guest run(name, cpu);
  NoSink none;
  const RunEnd end = run.emulator.run(none);
  EXPECT_EQ(end.kind, RunEnd::Kind::kExited);
  return run.machine.end().status;
}

TEST(EmulatorTest, IgnoresTheTopByteOfAddresses) { EXPECT_EQ(exit_status_of("tagged_pointer"), 42); }

TEST(EmulatorTest, SeesCodeThatWasRewrittenAndInvalidated) {
  EXPECT_EQ(exit_status_of("modified_code"), 5 * 16 + 6);
}

// Steps through blocks that were longer, and a breakpoint that another process writes into them.
TEST(EmulatorTest, TracedThreadsStepAndStopWhereTheirTracerSays) {
  constexpr int kTurns = 14;
  EXPECT_EQ(exit_status_of("traced"), kTurns);
  Guest plain("traced");
  NoSink none;
  plain.emulator.run(none);
  Guest logged("traced");
  DroppingSink sink;
  EXPECT_EQ(logged.emulator.run(sink).kind, RunEnd::Kind::kExited);
  EXPECT_EQ(logged.machine.end().status, kTurns);
  EXPECT_EQ(logged.emulator.stats().insts, plain.emulator.stats().insts);
}

TEST(EmulatorTest, FaultsReachTheGuestsHandlers) { EXPECT_EQ(exit_status_of("fault_handler"), 207); }

// The signal's code and address, and that jumps and loads that authenticate fault at the wrong address.
TEST(EmulatorTest, FailedAuthenticationsReachTheGuestsHandlers) {
  EXPECT_EQ(exit_status_of("failed_authentication_handler"), 40 + ILL_ILLOPN + 16);
}

// Without FEAT_FPAC the instruction behind the check runs, and only who goes through the pointer faults.
TEST(EmulatorTest, FailedAuthenticationsGoOnWithoutFpac) {
  EXPECT_EQ(exit_status_of("failed_authentication_handler", Cpu::kM1), 99 + 16);
  EXPECT_EQ(exit_status_of("failed_authentication", Cpu::kM1), 0);
}

TEST(EmulatorTest, PointersThatAreSignedAuthenticate) {
  EXPECT_EQ(exit_status_of("pointer_auth"), 0);
  EXPECT_EQ(exit_status_of("pointer_auth", Cpu::kM1), 0);
}

// What the bits mean is in guests/processor.s.
TEST(EmulatorTest, TheGuestSeesTheProcessorThatWasChosen) {
  EXPECT_EQ(exit_status_of("processor", Cpu::kM1), 1 + 2 + 4 + 8 + 32 + 64 + 128);
  EXPECT_EQ(exit_status_of("processor", Cpu::kM2), 16);
  Guest logged("processor", Cpu::kM1);
  DroppingSink sink;
  logged.emulator.run(sink);
  EXPECT_EQ(logged.machine.end().status, 1 + 2 + 4 + 8 + 32 + 64 + 128);
}

TEST(EmulatorTest, ExclusivesSucceedOnlyAfterTheirLoad) { EXPECT_EQ(exit_status_of("exclusives"), 0); }

// Every form in all 16 positions: it faults exactly where it leaves an aligned 16 bytes (FEAT_LSE2).
TEST(EmulatorTest, MisalignedOrderedAccessesFaultOnlyAcrossSixteenBytes) {
  EXPECT_EQ(exit_status_of("misaligned_ordered"), 0);
}

// QEMU does not check sp: Linux does (SCTLR_EL1.SA0).
TEST(EmulatorTest, AccessesThroughAMisalignedStackPointerFault) {
  EXPECT_EQ(exit_status_of("misaligned_stack"), 0);
  Guest logged("misaligned_stack");
  DroppingSink sink;
  EXPECT_EQ(logged.emulator.run(sink).kind, RunEnd::Kind::kExited);
  EXPECT_EQ(logged.machine.end().status, 0);
}

TEST(EmulatorTest, SystemRegistersAndCacheOperations) { EXPECT_EQ(exit_status_of("system_registers"), 0); }

// What a command writes to standard output, and its exit status.
struct Output {
  std::string text;
  int status;
};
Output run_command(const std::string& command) {
  Output output;
  std::FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 256> buffer{};
  std::size_t n = 0;
  while ((n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0) output.text.append(buffer.data(), n);
  output.status = WEXITSTATUS(pclose(pipe));
  return output;
}

TEST(EmulatorTest, FusedBranchesAgreeWithPlainOnesAndWithQemu) {
  const Output reference = run_command("qemu-aarch64 -cpu max " + guest("fused_branches"));
  ASSERT_EQ(reference.text.size(), 8U);
  ASSERT_EQ(reference.status, 0);
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(exit_status_of("fused_branches"), 0);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), reference.text);
}

// After the first thousand instructions everything the loop needs exists.
template <class S>
std::uint64_t allocations_of_run(std::uint64_t limit) {
  Guest run("counted_loop");
  S sink;
  const std::uint64_t before = cmd::allocation_count();
  run.emulator.run(sink, {.insts = limit});
  return cmd::allocation_count() - before;
}

TEST(EmulatorTest, DoesNotAllocateInTheSteadyState) {
  const std::uint64_t before = cmd::allocation_count();
  allocations_of_run<NoSink>(1000);  // the tables of decoder and handlers are made at first use
  EXPECT_GT(cmd::allocation_count(), before) << "the counter does not count";
  EXPECT_EQ(allocations_of_run<NoSink>(1000), allocations_of_run<NoSink>(4000));
  EXPECT_EQ(allocations_of_run<DroppingSink>(1000), allocations_of_run<DroppingSink>(4000));
}

TEST(EmulatorTest, DoesNotAllocateWhereALogBeginsAndEnds) {
  Guest run("counted_loop");
  NoSink none;
  DroppingSink sink;
  const auto run_both = [&] {
    const std::uint64_t before = cmd::allocation_count();
    EXPECT_EQ(run.emulator.run(none, {.insts = 100}).kind, RunEnd::Kind::kLimit);
    EXPECT_EQ(run.emulator.run(sink, {.insts = 100}).kind, RunEnd::Kind::kLimit);
    return cmd::allocation_count() - before;
  };
  run_both();
  for (unsigned pass = 0; pass < 10; ++pass) EXPECT_EQ(run_both(), 0U);
}

}  // namespace
}  // namespace m2sim::emu
