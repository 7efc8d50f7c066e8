// For who wants to know where a run's own time goes.
#pragma once

#include <cstdint>

#include "emu/emulator.h"

namespace m2sim::timing {

// What the run is doing from now on. kAround: making emulator and model, and giving them back.
enum class Activity : std::uint8_t { kAround, kEmulation, kModel };

class Observer {
 public:
  virtual ~Observer() = default;
  // At every change: in the timing modes two a batch of some thousand instructions.
  virtual void now(Activity activity, const emu::EmulatorStats& stats) = 0;
};

// A model that an observer sees at work.
template <class Model>
class Observed {
 public:
  static constexpr bool kLogs = Model::kLogs;

  Observed(Model& model, const emu::Emulator& emulator, Observer& observer)
      : model_(model), emulator_(emulator), observer_(observer) {}

  void consume(const emu::RetiredBatch& batch) {
    observer_.now(Activity::kModel, emulator_.stats());
    model_.consume(batch);
    observer_.now(Activity::kEmulation, emulator_.stats());
  }
  void blocks_cleared() {
    observer_.now(Activity::kModel, emulator_.stats());
    model_.blocks_cleared();
    observer_.now(Activity::kEmulation, emulator_.stats());
  }

 private:
  Model& model_;
  const emu::Emulator& emulator_;
  Observer& observer_;
};

}  // namespace m2sim::timing
