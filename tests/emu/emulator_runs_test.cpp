// One program in many runs: cut anywhere, it does and logs what it does and logs in one.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "emu/emulator.h"
#include "insts/decode.h"

namespace m2sim::emu {
namespace {

insts::Inst hint(unsigned number) {
  constexpr std::uint32_t kHint0 = 0xd503201f;
  return insts::decode(kHint0 + 32 * number);
}

struct Guest {
  explicit Guest(const std::string& name) : machine(options(name)), emulator(machine) {}

  static MachineOptions options(const std::string& name) {
    MachineOptions result;
    result.jit_after = 1;  // where there is no log
    result.program = std::string(M2SIM_BINARY_DIR) + "/tests/guests/" + name;
    return result;
  }
  std::uint64_t address_of(const std::string& symbol) { return machine.symbols().address_of(symbol).value(); }
  std::uint64_t insts() const { return emulator.stats().insts; }

  Machine machine;
  Emulator emulator;
};

struct Logged {
  std::uint64_t pc;
  std::uint64_t insts;
  std::uint64_t next_pc;
  std::vector<std::uint64_t> addresses;
  bool operator==(const Logged&) const = default;
};

// The log as values, whatever its batches.
struct Recorder {
  static constexpr bool kLogs = true;
  void consume(const RetiredBatch& batch) {
    retired += batch.insts;
    for (const Record& record : records(batch)) {
      const Block& block = *record.block;
      log.push_back({block.pc,
                     block.inst_count,
                     record.next_pc(),
                     {record.addresses, record.addresses + block.mem_count}});
    }
  }
  void blocks_cleared() { clears.push_back(log.size()); }

  std::vector<Logged> log;
  std::vector<std::size_t> clears;  // by the number of records before
  std::uint64_t retired = 0;
};

// Blocks that follow each other in memory and in the log are one.
std::vector<Logged> joined(const std::vector<Logged>& log) {
  std::vector<Logged> result;
  for (const Logged& record : log) {
    if (result.empty() || result.back().next_pc != record.pc ||
        result.back().pc + 4 * result.back().insts != record.pc) {
      result.push_back(record);
      continue;
    }
    Logged& last = result.back();
    last.insts += record.insts;
    last.next_pc = record.next_pc;
    last.addresses.insert(last.addresses.end(), record.addresses.begin(), record.addresses.end());
  }
  return result;
}

bool goes_on(const RunEnd& end) {
  return end.kind == RunEnd::Kind::kLimit || end.kind == RunEnd::Kind::kReached;
}

void expect_same_end(const RunEnd& end, const RunEnd& expected, const std::string& where) {
  EXPECT_EQ(end.kind, expected.kind) << where;
  EXPECT_EQ(end.fault.kind, expected.fault.kind) << where;
  EXPECT_EQ(end.fault.pc, expected.fault.pc) << where;
}

// Programs with faults and their handlers, a misaligned sp, code that changes, exclusives, the clock.
constexpr const char* kGuests[] = {"long_blocks",      "counted_loop",  "fault_handler",
                                   "misaligned_stack", "modified_code", "failed_authentication_handler",
                                   "exclusives",       "null_load",     "undefined",
                                   "breakpoint",       "jump_to_data",  "failed_authentication"};

TEST(EmulatorRuns, AnyCutsGiveTheRunAndTheLogOfOne) {
  for (const std::string name : kGuests) {
    Guest whole(name);
    Recorder expected;
    const RunEnd expected_end = whole.emulator.run(expected);
    for (const std::uint64_t length : {1U, 2U, 3U, 7U, 63U, 64U, 65U, 97U, 500U}) {
      const std::string where = name + " in runs of " + std::to_string(length);
      Guest cut(name);
      Recorder sink;
      std::uint64_t runs = 1;
      RunEnd end = cut.emulator.run(sink, {.insts = length});
      for (; goes_on(end); ++runs) {
        ASSERT_EQ(cut.insts(), runs * length) << where;
        ASSERT_EQ(sink.retired, cut.insts()) << where;
        end = cut.emulator.run(sink, {.insts = length});
      }
      expect_same_end(end, expected_end, where);
      EXPECT_EQ(cut.insts(), whole.insts()) << where;
      EXPECT_EQ(sink.log, expected.log) << where;
      EXPECT_EQ(sink.clears, expected.clears) << where;
      EXPECT_EQ(cut.machine.end().status, whole.machine.end().status) << where;
      EXPECT_EQ(cut.emulator.stats().system_calls, whole.emulator.stats().system_calls) << where;
    }
  }
}

// Every place in the first turns of a loop with long blocks, with a log and without.
TEST(EmulatorRuns, OneCutAnywhereChangesNothing) {
  Guest whole("long_blocks");
  Recorder expected;
  whole.emulator.run(expected);
  for (std::uint64_t cut_at = 0; cut_at < 400; ++cut_at) {
    Guest cut("long_blocks");
    Recorder sink;
    EXPECT_EQ(cut.emulator.run(sink, {.insts = cut_at}).kind, RunEnd::Kind::kLimit);
    ASSERT_EQ(cut.insts(), cut_at);
    Guest plain("long_blocks");
    NoSink none;
    plain.emulator.run(none, {.insts = cut_at});
    ASSERT_EQ(plain.insts(), cut_at);
    EXPECT_EQ(plain.emulator.cpu().pc, cut.emulator.cpu().pc) << cut_at;
    EXPECT_EQ(plain.emulator.cpu().x, cut.emulator.cpu().x) << cut_at;
    cut.emulator.run(sink);
    ASSERT_EQ(sink.log, expected.log) << cut_at;
    plain.emulator.run(none);
    EXPECT_EQ(plain.insts(), whole.insts());
    EXPECT_EQ(plain.machine.end().status, whole.machine.end().status);
  }
}

// With a log, without, and so on: the guest does not notice, and what is logged is of the complete log.
TEST(EmulatorRuns, SinksMayChange) {
  for (const std::string name : kGuests) {
    Guest whole(name);
    NoSink none;
    const RunEnd expected = whole.emulator.run(none);
    for (const std::uint64_t length : {1U, 5U, 33U, 64U, 190U}) {
      const std::string where = name + " in runs of " + std::to_string(length);
      Guest mixed(name);
      Recorder sink;
      std::uint64_t logged = 0;
      RunEnd end;
      for (bool log = false; end = log ? mixed.emulator.run(sink, {.insts = length})
                                       : mixed.emulator.run(none, {.insts = length}),
                goes_on(end);
           log = !log) {
        logged += log ? length : 0;
        ASSERT_EQ(sink.retired, logged) << where;
      }
      expect_same_end(end, expected, where);
      EXPECT_EQ(mixed.insts(), whole.insts()) << where;
      EXPECT_EQ(mixed.machine.end().status, whole.machine.end().status) << where;
    }
  }
}

TEST(EmulatorRuns, ABlockThatBeganWithoutALogHasNoRecord) {
  Guest guest("long_blocks");
  NoSink none;
  Recorder sink;
  guest.emulator.run(none, {.insts = 10});  // the first block has 64
  guest.emulator.run(sink, {.insts = 20});
  EXPECT_EQ(sink.retired, 20U);
  EXPECT_TRUE(sink.log.empty());
  guest.emulator.run(sink, {.insts = 100});
  ASSERT_FALSE(sink.log.empty());
  EXPECT_EQ(sink.log.front().pc, guest.machine.image().entry + guest.machine.load_bias() + 4 * 64);
}

TEST(EmulatorRuns, AnAddressIsReachedBeforeItExecutesAndThenAgain) {
  for (const std::string symbol : {"_start", "turn", "called", "last"}) {
    Guest whole("long_blocks");
    Recorder expected;
    whole.emulator.run(expected);
    Guest guest("long_blocks");
    const std::uint64_t address = guest.address_of(symbol);
    Recorder sink;
    unsigned reached = 0;
    while (guest.emulator.run(sink, {.addresses = {address}}).kind == RunEnd::Kind::kReached) {
      EXPECT_EQ(guest.emulator.cpu().pc, address);
      if (reached == 0) {
        EXPECT_EQ(guest.emulator.cpu().x[19], symbol == "_start" ? 0U : 40U);
      }
      ++reached;
    }
    EXPECT_EQ(reached, symbol == "_start" ? 1U : 40U) << symbol;
    EXPECT_EQ(joined(sink.log), joined(expected.log));
    EXPECT_EQ(guest.insts(), whole.insts());
  }
}

TEST(EmulatorRuns, WatchingMayBeginAndEndWhenBlocksAreLinked) {
  Guest whole("long_blocks");
  Recorder expected;
  whole.emulator.run(expected);
  Guest guest("long_blocks");
  Recorder sink;
  const std::uint64_t called = guest.address_of("called");
  guest.emulator.run(sink, {.insts = 1000});
  EXPECT_EQ(guest.emulator.run(sink, {.addresses = {called}}).kind, RunEnd::Kind::kReached);
  EXPECT_EQ(guest.emulator.cpu().pc, called);
  guest.emulator.run(sink, {.insts = 1000});
  EXPECT_EQ(guest.emulator.run(sink, {.addresses = {called}}).kind, RunEnd::Kind::kReached);
  EXPECT_EQ(guest.emulator.cpu().pc, called);
  EXPECT_EQ(guest.emulator.run(sink).kind, RunEnd::Kind::kExited);
  EXPECT_EQ(joined(sink.log), joined(expected.log));
  EXPECT_EQ(guest.insts(), whole.insts());
}

TEST(EmulatorRuns, WatchingForWhatIsNotReachedComesBackNoMoreOften) {
  Guest whole("long_blocks");
  NoSink none;
  whole.emulator.run(none);
  Guest guest("long_blocks");
  guest.emulator.run(none, {.addresses = {4}, .instructions = {hint(98)}});
  EXPECT_EQ(guest.emulator.stats().block_lookups, whole.emulator.stats().block_lookups);
}

TEST(EmulatorRuns, AMarkerIsReachedAndOnlyItsNumber) {
  Guest guest("long_blocks");
  NoSink none;
  for (unsigned turn = 0; turn < 40; ++turn) {
    ASSERT_EQ(guest.emulator.run(none, {.instructions = {hint(99)}}).kind, RunEnd::Kind::kReached);
    EXPECT_EQ(guest.emulator.cpu().pc, guest.address_of("turn") + 400);
  }
  EXPECT_EQ(guest.emulator.run(none, {.instructions = {hint(99)}}).kind, RunEnd::Kind::kExited);
  Guest other("long_blocks");
  EXPECT_EQ(other.emulator.run(none, {.instructions = {hint(98)}}).kind, RunEnd::Kind::kExited);
}

// Also where they lie in the middle of what would be a block.
TEST(EmulatorRuns, ALogBeginsAndEndsAtWhatIsWatchedFor) {
  Guest guest("long_blocks");
  NoSink none;
  const std::uint64_t turn = guest.address_of("turn");
  const Until to_marker{.instructions = {hint(99)}};
  ASSERT_EQ(guest.emulator.run(none, {.addresses = {turn + 8}, .instructions = {hint(99)}}).kind,
            RunEnd::Kind::kReached);
  Recorder sink;
  ASSERT_EQ(guest.emulator.run(sink, to_marker).kind, RunEnd::Kind::kReached);
  EXPECT_EQ(sink.log.front().pc, turn + 8);
  std::uint64_t logged = 0;
  for (const Logged& record : sink.log) logged += record.insts;
  EXPECT_EQ(logged, sink.retired);
  EXPECT_EQ(logged, (400U - 8U) / 4U);
}

TEST(EmulatorRuns, TheFirstOfTwoEndsCounts) {
  Guest guest("long_blocks");
  NoSink none;
  const std::uint64_t called = guest.address_of("called");
  EXPECT_EQ(guest.emulator.run(none, {.insts = 106, .addresses = {called}}).kind, RunEnd::Kind::kLimit);
  EXPECT_EQ(guest.emulator.run(none, {.insts = 2, .addresses = {called}}).kind, RunEnd::Kind::kReached);
  EXPECT_EQ(guest.insts(), 4U + 100U + 3U);
}

TEST(EmulatorRuns, BehindTheEndEveryRunEndsAlike) {
  for (const std::string name : {"counted_loop", "null_load"}) {
    Guest guest(name);
    NoSink none;
    const RunEnd end = guest.emulator.run(none);
    const std::uint64_t insts = guest.insts();
    Recorder sink;
    expect_same_end(guest.emulator.run(sink, {.insts = 5}), end, name);
    expect_same_end(guest.emulator.run(none), end, name);
    EXPECT_EQ(guest.insts(), insts);
    EXPECT_TRUE(sink.log.empty());
  }
}

}  // namespace
}  // namespace m2sim::emu
