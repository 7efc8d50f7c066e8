// A guest that goes on in another machine, and files that are no good.
#include "emu/checkpoint.h"

#include <gtest/gtest.h>

#include <string>

#include "emu/emulator.h"
#include "emu/linux/checkpoint/sections.h"
#include "emu/linux/process.h"
#include "emu/user_error.h"
#include "tests/emu/quiet_run.h"

namespace m2sim::emu {
namespace {

using testing::run_quietly;

MachineOptions options_of(const std::string& name) {
  MachineOptions result;
  result.program = std::string(M2SIM_BINARY_DIR) + "/tests/guests/" + name;
  return result;
}

std::string made_at(const std::string& name, std::uint64_t insts, std::string& written) {
  Machine machine(options_of(name));
  Emulator emulator(machine);
  run_quietly(emulator, written, {.insts = insts});
  CheckpointOrigin origin;
  origin.program = options_of(name).program;
  origin.argv = {origin.program};
  return machine.checkpoint(emulator, origin);
}

std::string made_at(const std::string& name, std::uint64_t insts) {
  std::string ignored;
  return made_at(name, insts, ignored);
}

std::string why_refused(std::string bytes) {
  try {
    Checkpoint checkpoint(std::move(bytes));
    Machine machine(MachineOptions{}, checkpoint);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

// Whatever it did until then, it ends as it would have, and where its registers would have been.
TEST(CheckpointTest, GoesOnAsIfNothingHadBeen) {
  for (const char* name : {"counted_loop", "exclusives", "counter", "fault_handler", "fused_branches"}) {
    Machine whole(options_of(name));
    Emulator unbroken(whole);
    std::string all;
    const RunEnd end = run_quietly(unbroken, all);
    const std::uint64_t insts = unbroken.stats().insts;
    for (std::uint64_t at = 1; at < insts; at += 1 + insts / 20) {
      std::string written;
      Checkpoint checkpoint(made_at(name, at, written));
      EXPECT_EQ(checkpoint.origin().instructions, at);
      Machine machine(MachineOptions{}, checkpoint);
      Emulator emulator(machine);
      EXPECT_EQ(emulator.stats().insts, at);
      EXPECT_EQ(run_quietly(emulator, written).kind, end.kind) << name << " at " << at;
      EXPECT_EQ(written, all) << name << " at " << at;
      EXPECT_EQ(emulator.stats().insts, insts) << name << " at " << at;
      EXPECT_EQ(machine.end().status, whole.end().status);
      EXPECT_EQ(machine.kernel().clock.elapsed(), whole.kernel().clock.elapsed());
    }
  }
}

TEST(CheckpointTest, OneOfAGuestThatHasNotGoneOnIsTheSame) {
  const std::string first = made_at("counted_loop", 7);
  Checkpoint checkpoint(first);
  Machine machine(MachineOptions{}, checkpoint);
  const Emulator emulator(machine);
  EXPECT_EQ(machine.checkpoint(emulator, checkpoint.origin()), first);
}

// Sections that are what their checksums say, but make no sense.
TEST(CheckpointTest, SectionsThatMakeNoSenseAreRefused) {
  const std::string good = made_at("counted_loop", 7);
  EXPECT_EQ(why_refused(good), "");
  const char* const names[] = {"origin", "run", "kept files", "open files", "programs"};
  for (const char* damaged : names) {
    for (std::size_t at = 0; at < 400; at += 3) {
      SectionReader reader(good);
      SectionWriter writer;
      for (const char* name : names) {
        const Archive section = reader.next(name);
        std::string bytes = section.bytes();
        if (std::string(name) == damaged) at < bytes.size() ? bytes.resize(at) : bytes.push_back('x');
        Archive changed;
        changed.raw(bytes.data(), bytes.size());
        writer.add(name, changed);
      }
      EXPECT_NE(why_refused(writer.finish()), "") << damaged << " at " << at;
    }
  }
}

// `section` of a good checkpoint with one byte of its own changed, and all checksums right.
std::string with_byte(const std::string& good, const std::string& section, std::size_t at, char byte) {
  SectionReader reader(good);
  SectionWriter writer;
  for (const char* name : {"origin", "run", "kept files", "open files", "programs", "space", "pages",
                           "processes", "threads", "kernel"}) {
    std::string bytes = reader.next(name).bytes();
    if (name == section) bytes.at(at) = byte;
    Archive changed;
    changed.raw(bytes.data(), bytes.size());
    writer.add(name, changed);
  }
  return writer.finish();
}

// An enum of the guest's processor, and a bool.
TEST(CheckpointTest, ValuesThatTheirTypeHasNotAreRefused) {
  const std::string good = made_at("counted_loop", 7);
  Archive origin = SectionReader(good).next("origin");
  // Behind the processor: instructions, and three empty strings.
  const std::size_t cpu = origin.bytes().size() - 4 * sizeof(std::uint64_t) - 1;
  EXPECT_NE(why_refused(with_byte(good, "origin", cpu, 2)).find("section 'origin' makes no sense"),
            std::string::npos);
  SectionReader sections(good);
  sections.next("origin");
  // Behind the two: what is left of a block.
  const std::size_t same_space = sections.next("run").bytes().size() - sizeof(std::uint32_t) - 1;
  EXPECT_NE(why_refused(with_byte(good, "run", same_space, 2)).find("section 'run' makes no sense"),
            std::string::npos);
  // More of a block than one has.
  EXPECT_NE(why_refused(with_byte(good, "run", same_space + 1, 65)).find("section 'run' makes no sense"),
            std::string::npos);
}

TEST(CheckpointTest, DamageIsFound) {
  const std::string good = made_at("counted_loop", 7);
  for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 500) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    EXPECT_NE(why_refused(bad), "") << at;
    EXPECT_NE(why_refused(good.substr(0, at)), "") << at;
  }
  EXPECT_NE(why_refused(good + "x"), "");
}

}  // namespace
}  // namespace m2sim::emu
