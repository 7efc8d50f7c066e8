// What a snippet's run says: how long an iteration takes, and what for.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cmd/snippet/experiment.h"
#include "timing/config/config.h"
#include "timing/stall.h"

namespace m2sim::cmd {

struct SnippetInst {
  std::uint64_t pc = 0;
  double count = 0;  // executions in an iteration
  double uops = 0;
  std::vector<double> ports;  // uops in an iteration, by the port's number
};

struct ChainLink {
  std::uint64_t pc = 0;
  double cycles = 0;  // by which it makes the chain longer
};

// All figures are of one iteration, on average over those that were looked at.
struct SnippetAnalysis {
  std::uint64_t iterations = 0;
  double insts = 0;
  double uops = 0;
  double cycles = 0;              // from iteration to iteration, where they retire
  double latency_bound = 0;       // by the longest chain through registers from one iteration to the next
  double throughput_bound = 0;    // by rename's width and by the ports
  std::vector<unsigned> busiest;  // the ports that bound it; none: rename's width does
  std::vector<double> ports;      // uops, by the port's number
  std::vector<SnippetInst> instructions;  // by address
  std::vector<ChainLink> chain;           // of the latency bound, in order; empty: no chain goes on
  std::array<double, timing::kStallReasonCount> cpi_stack{};  // cycles; they sum to `cycles`
};

SnippetAnalysis analyse(const SnippetRun& run, const timing::CoreConfig& config);

enum class Limit : std::uint8_t { kLatency, kPorts, kWidth, kOther };
// What is within a tenth of the cycles.
Limit limit_of(const SnippetAnalysis& analysis);

}  // namespace m2sim::cmd
