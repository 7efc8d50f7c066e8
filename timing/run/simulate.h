// One guest process under each of the three modes. Every mode's run loop is instantiated in a file of
// its own, so that building one does not wait for the others.
#pragma once

#include <cstdint>
#include <optional>

#include "emu/emulator.h"
#include "emu/machine.h"
#include "timing/config/config.h"
#include "timing/run/figures.h"
#include "timing/stats.h"

namespace m2sim::timing {

struct Simulated {
  emu::RunEnd end;
  RunFigures figures;
  std::optional<TimingStats> timing;  // empty in emulation mode
};

Simulated simulate_emulation(emu::Machine& machine, std::uint64_t max_insts);
Simulated simulate_timing(emu::Machine& machine, std::uint64_t max_insts, const CoreConfig& config);
Simulated simulate_fast_timing(emu::Machine& machine, std::uint64_t max_insts, const CoreConfig& config);

}  // namespace m2sim::timing
