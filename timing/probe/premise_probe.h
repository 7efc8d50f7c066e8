// For who wants to know with which other configurations a run would have gone the same way (the
// instruction-driven model's).
#pragma once

#include "timing/config/premises.h"
#include "timing/probe/probe.h"

namespace m2sim::timing {

class PremiseProbe : public QuietProbe {
 public:
  static constexpr bool kOn = false;
  static constexpr bool kPremises = true;

  explicit PremiseProbe(const CoreConfig& config) : premises_(config) {}

  Premises& premises() { return premises_; }
  const Premises& premises() const { return premises_; }

 private:
  Premises premises_;
};

}  // namespace m2sim::timing
