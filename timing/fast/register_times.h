// When each register can be read, by each kind of reader: one look for who reads it, where
// timing/pipe/bypass.h has one time and what each role gets it sooner by.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "timing/crack/uop.h"
#include "timing/cycle.h"
#include "timing/pipe/bypass.h"

namespace m2sim::timing {

class RegisterTimes {
 public:
  Cycle as(const insts::Source& source) const {
    return times_[std::bit_cast<std::uint16_t>(source) % times_.size()];
  }
  // Readers of two roles get it so much sooner than `ready`.
  void write(insts::RegId reg, Cycle ready, unsigned addend_sooner, unsigned base_sooner) {
    at(insts::Role::kData, reg) = ready;
    at(insts::Role::kAddend, reg) = ready - addend_sooner;
    at(insts::Role::kBase, reg) = ready - base_sooner;
    at(insts::Role::kIndex, reg) = ready;
  }
  void eliminate(const UopInfo& uop) {
    for (std::size_t row = 0; row < times_.size(); row += kRow) timing::eliminate(uop, &times_[row]);
  }

 private:
  // A row a role, so that the two bytes of a source, but for the upper bits of its role, are its place. The
  // two roles that get nothing sooner and are not kData have a row of their own, or share that of kData.
  static constexpr std::size_t kRow = 256;
  static constexpr std::size_t kRows = 4;
  static_assert(sizeof(insts::Source) == 2 && offsetof(insts::Source, reg) == 0 &&
                std::endian::native == std::endian::little);
  static_assert(static_cast<unsigned>(insts::Role::kData) == 0 &&
                static_cast<unsigned>(insts::Role::kAddend) == 1 &&
                static_cast<unsigned>(insts::Role::kBase) == 2 &&
                static_cast<unsigned>(insts::Role::kIndex) == 3 &&
                static_cast<unsigned>(insts::Role::kStoreData) == kRows);

  Cycle& at(insts::Role role, insts::RegId reg) { return times_[static_cast<unsigned>(role) * kRow + reg]; }

  std::array<Cycle, kRows * kRow> times_{};
};

}  // namespace m2sim::timing
