// A deliberate slow-down, to show that a slower simulator is noticed: only with -DM2SIM_TEST_SLOWDOWN=ON,
// which nothing but a test builds.
#pragma once

#include <cstdint>

#include "emu/retired.h"

namespace m2sim::timing {

// Hands the log on as it is and wastes about as much as an instruction takes, more than the noise of a busy
// machine.
template <class Model>
class SlowedDown {
 public:
  static constexpr bool kLogs = Model::kLogs;

  explicit SlowedDown(Model& model) : model_(model) {}

  void consume(const emu::RetiredBatch& batch) {
    for (const emu::Record& record : emu::records(batch)) waste(kRounds * record.block->inst_count);
    model_.consume(batch);
  }
  void blocks_cleared() { model_.blocks_cleared(); }

 private:
  static constexpr unsigned kRounds = 120;  // each waits for the multiplication of the one before

  void waste(unsigned rounds) {
    std::uint64_t value = waste_;
    for (unsigned i = 0; i < rounds; ++i) value = value * 6364136223846793005U + 1;
    waste_ = value;
  }

  Model& model_;
  volatile std::uint64_t waste_ = 1;  // or nothing of it would be left
};

}  // namespace m2sim::timing
