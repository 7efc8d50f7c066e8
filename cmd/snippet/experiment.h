// A snippet's run: iterations that warm up, iterations that are looked at, and a few behind.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cmd/snippet/program.h"
#include "emu/machine_options.h"
#include "timing/config/config.h"
#include "timing/probe/pipe_trace.h"
#include "timing/run/mode.h"

namespace m2sim::cmd {

struct SnippetRun {
  std::uint64_t iterations = 0;         // that were looked at
  std::uint64_t warmup = 0;             // before them
  std::vector<std::uint64_t> begins;    // of each: its first instruction's number; and where the last ends
  std::vector<timing::TracedUop> uops;  // of the iterations, in program order
  std::vector<timing::LostSlots> lost;  // while they were renamed
};

struct SnippetMachine {
  timing::Mode mode;
  timing::CoreConfig config;
  emu::Cpu cpu;
};

// Throws UserError for a snippet that faults, ends the program or never comes back to its beginning.
SnippetRun run_snippet(const SnippetProgram& program, const SnippetState& state,
                       const SnippetMachine& machine);

}  // namespace m2sim::cmd
