// When a register can be read, a time for each kind of reader: one look for who reads it, where
// timing/pipe/bypass.h has one time and what each role gets it sooner by.
#pragma once

#include <array>
#include <cstdint>

#include "insts/operands.h"
#include "timing/cycle.h"

namespace m2sim::timing {

class ReadyTimes {
 public:
  ReadyTimes() = default;
  ReadyTimes(Cycle ready, unsigned addend_sooner, unsigned base_sooner)
      : times_{ready, ready - addend_sooner, ready - base_sooner, ready} {}

  Cycle as(insts::Role role) const { return times_[place(role)]; }
  // Of the second register of a pair, which has no short way to an address.
  ReadyTimes second() const {
    ReadyTimes second = *this;
    second.times_[place(insts::Role::kBase)] = times_[place(insts::Role::kData)];
    return second;
  }

 private:
  static constexpr unsigned place(insts::Role role) { return static_cast<unsigned>(role) % 4; }
  // The two roles that are like kData share its time or have one that is never sooner.
  static_assert(static_cast<unsigned>(insts::Role::kAddend) == 1 &&
                static_cast<unsigned>(insts::Role::kBase) == 2 &&
                static_cast<unsigned>(insts::Role::kIndex) == 3 &&
                static_cast<unsigned>(insts::Role::kStoreData) == 4);

  std::array<Cycle, 4> times_{};
};

}  // namespace m2sim::timing
