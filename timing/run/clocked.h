// A model whose cycles the guest's clocks follow.
#pragma once

#include <cstdint>

#include "emu/cpu/cpu_state.h"
#include "emu/retired.h"

namespace m2sim::timing {

// `sink` is the model or what stands before it. The time is that of all whole cycles so far: of what the log
// has, up to a reorder buffer's uops are still in flight.
template <emu::Sink S, class Model>
class Clocked {
 public:
  static constexpr bool kLogs = S::kLogs;

  Clocked(S& sink, const Model& model, std::uint64_t mhz) : sink_(sink), model_(model), mhz_(mhz) {}

  void consume(const emu::RetiredBatch& batch) { sink_.consume(batch); }
  void blocks_cleared() { sink_.blocks_cleared(); }
  std::uint64_t ticks() const {
    constexpr std::uint64_t kTicksPerMicrosecond = 1000 * emu::kInstsPerNanosecond;
    return model_.now() * kTicksPerMicrosecond / mhz_;
  }

 private:
  S& sink_;
  const Model& model_;
  std::uint64_t mhz_;
};

}  // namespace m2sim::timing
