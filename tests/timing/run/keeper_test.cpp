#include "timing/run/keeper.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace m2sim::timing {
namespace {

class Counting : public Keeper {
 public:
  explicit Counting(std::vector<std::uint64_t> points) : points_(std::move(points)) {}
  std::uint64_t next() const override { return at_ < points_.size() ? points_[at_] : UINT64_MAX; }
  void keep(const emu::Emulator& emulator, const std::string& learned) override {
    EXPECT_TRUE(learned.empty());
    kept.push_back(emulator.stats().insts);
    ++at_;
  }
  std::vector<std::uint64_t> kept;

 private:
  std::vector<std::uint64_t> points_;
  std::size_t at_ = 0;
};

struct Guest {
  static emu::MachineOptions options() {
    emu::MachineOptions result;
    result.program = std::string(M2SIM_BINARY_DIR) + "/tests/guests/counted_loop";
    return result;
  }
  emu::RunEnd run(Keeper* keeper, std::uint64_t insts) {
    const auto go_on = [this](const Phase& part) {
      emu::NoSink sink;
      parts.push_back(part.until.insts);
      return emulator.run(sink, part.until);
    };
    const auto learned = [] { return std::string("never asked for"); };
    return run_kept(emulator, keeper, Phase{{.insts = insts}}, go_on, learned);
  }
  emu::Machine machine{options()};
  emu::Emulator emulator{machine};
  std::vector<std::uint64_t> parts;
};

TEST(KeeperTest, ComesAtEachPointAndNowhereElse) {
  Guest guest;
  Counting keeper({0, 3, 3, 10, 12});
  EXPECT_EQ(guest.run(&keeper, 10).kind, emu::RunEnd::Kind::kLimit);
  EXPECT_EQ(guest.emulator.stats().insts, 10U);
  EXPECT_EQ(keeper.kept, (std::vector<std::uint64_t>{0, 3, 3, 10}));
  guest.run(&keeper, 1);
  EXPECT_EQ(keeper.kept.size(), 4U);
  guest.run(&keeper, 5);
  EXPECT_EQ(keeper.kept.back(), 12U);
  EXPECT_EQ(guest.emulator.stats().insts, 16U);
}

TEST(KeeperTest, WithoutOneNothingIsCut) {
  Guest guest;
  guest.run(nullptr, 10);
  Counting late({1'000'000'000'000});
  guest.run(&late, UINT64_MAX);
  EXPECT_EQ(guest.parts, (std::vector<std::uint64_t>{10, 1'000'000'000'000 - 10}));
  EXPECT_TRUE(late.kept.empty());
}

}  // namespace
}  // namespace m2sim::timing
