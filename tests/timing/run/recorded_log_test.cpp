// What a model hears of a run that was recorded is what it would have heard of the run.
#include "timing/run/recorded_log.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "emu/machine.h"
#include "tests/timing/random_program.h"
#include "timing/fast/fast_core.h"
#include "timing/probe/premise_probe.h"
#include "timing/run/simulation.h"

namespace m2sim::timing {
namespace {

constexpr std::size_t kMany = 1 << 20;

emu::MachineOptions options_of(const std::string& guest) {
  emu::MachineOptions options;
  options.program = std::string(M2SIM_BINARY_DIR) + "/tests/guests/" + guest;
  return options;
}

Outcome simulated(const std::string& guest, const CoreConfig& config, Premises& premises) {
  emu::Machine machine(options_of(guest));
  Simulation simulation;
  simulation.mode = Mode::kFastTiming;
  simulation.config = config;
  simulation.premises = &premises;
  return simulate(machine, simulation);
}

std::unique_ptr<const RecordedLog> recorded(const std::string& guest, std::size_t most_words = kMany) {
  emu::Machine machine(options_of(guest));
  return record_log(machine, most_words);
}

bool same(const Premises& a, const Premises& b) {
  using Bytes = std::array<std::byte, sizeof(Premises)>;
  return std::bit_cast<Bytes>(a) == std::bit_cast<Bytes>(b);
}

CoreConfig small_core() {
  CoreConfig config = m2_pcore();
  config.rob.groups = 20;
  config.fetch.buffer_instructions = 16;
  config.branch.mispredict_penalty += 3;
  return config;
}

// Long blocks, code that changes, faults and their handlers, again and again from one log.
TEST(RecordedLog, AReplayIsTheRun) {
  for (const std::string guest : {"long_blocks", "modified_code", "fault_handler", "counted_loop"}) {
    const auto log = recorded(guest);
    ASSERT_NE(log, nullptr) << guest;
    KeptPages pages;
    for (const CoreConfig& config : {m2_pcore(), small_core(), m1_pcore(), m2_pcore()}) {
      Premises premises;
      const Outcome outcome = simulated(guest, config, premises);
      const Replayed replayed = replay_in_fast_timing(*log, config, pages);
      EXPECT_EQ(replayed.cycles, outcome.timing->core.cycles) << guest;
      EXPECT_TRUE(same(replayed.premises, premises)) << guest;
    }
  }
}

TEST(RecordedLog, OneThatIsTooLongIsNotKept) {
  const std::size_t words = recorded("counted_loop")->words();
  EXPECT_GT(words, 0U);
  EXPECT_EQ(recorded("counted_loop", words - 1), nullptr);
  EXPECT_NE(recorded("counted_loop", words), nullptr);
}

TEST(RecordedLog, KeepsWhatItsBatchesPointTo) {
  RecordedLog log(kMany);
  FastCore heard(m2_pcore());
  {
    SyntheticProgram program;
    random_program(program, 3, 200, 4096);
    program.feed(log, program.pointers(), 20);
    program.feed(heard, 20);
  }
  FastCore replayed(m2_pcore());
  log.replay(replayed);
  replayed.finish();
  EXPECT_EQ(values(replayed.stats()), values(heard.stats()));
}

TEST(RecordedLog, NothingIsKeptOfBlocksThatWereCleared) {
  RecordedLog log(kMany);
  EXPECT_TRUE(log.whole());
  log.blocks_cleared();
  EXPECT_FALSE(log.whole());
  SyntheticProgram program;
  random_program(program, 3, 20, 4096);
  program.feed(log, program.pointers(), 20);
  EXPECT_FALSE(log.whole());
  EXPECT_EQ(log.words(), 0U);
}

// Without books a model has the same cycles and depends on the same.
TEST(CyclesProbe, ChangesNeitherCyclesNorPremises) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SyntheticProgram program;
    random_program(program, seed, 100, seed % 2 == 0 ? 256 : 1U << 20);
    for (const CoreConfig& config : {m2_pcore(), small_core()}) {
      BasicFastCore<PremiseProbe> whole(config, PremiseProbe(config));
      BasicFastCore<CyclesProbe> cycles(config, CyclesProbe(config));
      program.feed(whole, 20);
      program.feed(cycles, 20);
      EXPECT_EQ(cycles.now(), whole.now());
      EXPECT_TRUE(same(cycles.premises(), whole.premises()));
    }
  }
}

}  // namespace
}  // namespace m2sim::timing
