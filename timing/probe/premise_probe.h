// For who wants to know with which other configurations a run would have gone the same way (the
// instruction-driven model's).
#pragma once

#include "timing/config/premises.h"
#include "timing/probe/probe.h"

namespace m2sim::timing {

// Without books (QuietProbe::kBooks) it is for who asks for cycles alone.
template <bool kKeepsBooks>
class BasicPremiseProbe : public QuietProbe {
 public:
  static constexpr bool kOn = false;
  static constexpr bool kPremises = true;
  static constexpr bool kBooks = kKeepsBooks;

  explicit BasicPremiseProbe(const CoreConfig& config) : premises_(config) {}

  Premises& premises() { return premises_; }
  const Premises& premises() const { return premises_; }

 private:
  Premises premises_;
};

using PremiseProbe = BasicPremiseProbe<true>;
using CyclesProbe = BasicPremiseProbe<false>;

}  // namespace m2sim::timing
