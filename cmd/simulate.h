// One guest process under each of the three modes. Every mode's run loop is instantiated in a file of
// its own, so that building one does not wait for the others.
#pragma once

#include <cstdint>
#include <optional>

#include "cmd/stat.h"
#include "emu/emulator.h"
#include "emu/process.h"
#include "timing/config.h"
#include "timing/stats.h"

namespace m2sim::cmd {

struct Simulated {
  emu::RunEnd end;
  RunFigures figures;
  std::optional<timing::TimingStats> timing;  // empty in emulation mode
};

Simulated simulate_emulation(emu::Process& process, std::uint64_t max_insts);
Simulated simulate_timing(emu::Process& process, std::uint64_t max_insts, const timing::CoreConfig& config);
Simulated simulate_fast_timing(emu::Process& process, std::uint64_t max_insts,
                               const timing::CoreConfig& config);

}  // namespace m2sim::cmd
