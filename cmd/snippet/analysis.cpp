#include "cmd/snippet/analysis.h"

#include <algorithm>
#include <bit>
#include <map>

namespace m2sim::cmd {
namespace {

using timing::Cycle;
using timing::TracedUop;

// Sets of ports whose unions are all looked at: 4,096.
constexpr std::size_t kMostSets = 12;

class Analyser {
 public:
  Analyser(const SnippetRun& run, const timing::CoreConfig& config)
      : run_(run), config_(config), all_(static_cast<double>(run.iterations)) {}

  SnippetAnalysis analyse() {
    result_.iterations = run_.iterations;
    result_.insts = static_cast<double>(run_.begins.back() - run_.begins.front()) / all_;
    result_.uops = static_cast<double>(run_.uops.size()) / all_;
    result_.ports.resize(config_.ports.size());
    find_ends();
    count_ports();
    bound_throughput();
    bound_latency();
    share_cycles();
    return std::move(result_);
  }

 private:
  // Of each iteration: when its last uop retires, and its deepest uop so far.
  void find_ends() {
    std::size_t at = 0;
    std::uint64_t deepest = 0;
    for (std::size_t i = 1; i < run_.begins.size(); ++i) {
      for (; at < run_.uops.size() && run_.uops[at].number < run_.begins[i]; ++at) {
        if (run_.uops[at].depth > run_.uops[deepest].depth) deepest = at;
        iteration_.push_back(i - 1);
      }
      retired_.push_back(at == 0 ? 0 : run_.uops[at - 1].retired);
      deepest_.push_back(deepest);
    }
    result_.cycles = static_cast<double>(retired_.back() - retired_.front()) / (all_ - 1);
  }

  void count_ports() {
    std::map<std::uint64_t, SnippetInst> rows;
    for (const TracedUop& uop : run_.uops) {
      SnippetInst& row = rows[uop.pc];
      row.pc = uop.pc;
      row.ports.resize(config_.ports.size());
      row.uops += 1 / all_;
      if (uop.insts != 0) row.count += 1 / all_;
      if (uop.eliminated) continue;
      row.ports[uop.port] += 1 / all_;
      result_.ports[uop.port] += 1 / all_;
    }
    for (auto& [pc, row] : rows) result_.instructions.push_back(std::move(row));
  }

  // The fewest cycles in which the uops of an iteration can issue: those that only the ports of a set can
  // execute share that set, and the tightest set bounds.
  void bound_throughput() {
    std::map<std::uint32_t, double> busy;
    double slots = 0;
    for (const TracedUop& uop : run_.uops) {
      slots += uop.slots;
      if (uop.ports != 0) busy[uop.ports] += std::max<double>(uop.occupancy, 1) / all_;
    }
    result_.throughput_bound = slots / all_ / config_.rename.width;
    std::vector<std::uint32_t> sets;
    for (const auto& [ports, cycles] : busy) {
      if (sets.size() < kMostSets) sets.push_back(ports);
    }
    for (std::uint32_t chosen = 1; chosen < 1U << sets.size(); ++chosen) {
      std::uint32_t united = 0;
      for (std::size_t i = 0; i < sets.size(); ++i) united |= (chosen >> i & 1U) != 0 ? sets[i] : 0;
      double cycles = 0;
      for (const auto& [ports, own] : busy) cycles += (ports & ~united) == 0 ? own : 0;
      cycles /= std::popcount(united);
      if (cycles <= result_.throughput_bound * (1 + 1e-9)) continue;
      result_.throughput_bound = cycles;
      result_.busiest.clear();
      for (unsigned port = 0; port < 32; ++port) {
        if ((united >> port & 1U) != 0) result_.busiest.push_back(port);
      }
    }
  }

  // By how much the deepest uop gets deeper, in the second half. A result that some input got sooner than its
  // reader needed counts whole, so that the bound can come out above the cycles by a little.
  void bound_latency() {
    const std::size_t half = deepest_.size() / 2;
    const Cycle deeper = run_.uops[deepest_.back()].depth - run_.uops[deepest_[half]].depth;
    const double bound = static_cast<double>(deeper) / static_cast<double>(deepest_.size() - 1 - half);
    result_.latency_bound = std::min(bound, result_.cycles);
    if (deeper == 0) return;
    std::vector<ChainLink> backwards;
    for (std::uint64_t at = deepest_.back();;) {
      const TracedUop& uop = run_.uops[at];
      const bool first = uop.deepest == timing::kNoUop;
      const Cycle before = first ? 0 : run_.uops[uop.deepest].depth;
      if (iteration_[at] == half && !uop.eliminated) {
        backwards.push_back({uop.pc, static_cast<double>(uop.depth - std::min(uop.depth, before))});
      }
      if (first || iteration_[at] < half) break;
      at = uop.deepest;
    }
    result_.chain.assign(backwards.rbegin(), backwards.rend());
  }

  // Slots that were lost while the iterations were renamed, in parts of the cycles.
  void share_cycles() {
    const Cycle renamed = run_.uops.back().renamed - run_.uops.front().renamed;
    const double slots = static_cast<double>(renamed) * config_.rename.width;
    double lost = 0;
    if (slots > 0) {
      for (const timing::LostSlots& entry : run_.lost) {
        const double share = static_cast<double>(entry.slots) / slots;
        result_.cpi_stack[static_cast<std::size_t>(entry.reason)] += share * result_.cycles;
        lost += share;
      }
    }
    double& base = result_.cpi_stack[static_cast<std::size_t>(timing::StallReason::kBase)];
    if (lost <= 1) {
      base += (1 - lost) * result_.cycles;
      return;
    }
    for (double& cycles : result_.cpi_stack) cycles /= lost;
  }

  const SnippetRun& run_;
  const timing::CoreConfig& config_;
  double all_;
  SnippetAnalysis result_;
  std::vector<std::size_t> iteration_;  // by uop
  std::vector<Cycle> retired_;          // by iteration
  std::vector<std::uint64_t> deepest_;  // by iteration: a uop
};

}  // namespace

SnippetAnalysis analyse(const SnippetRun& run, const timing::CoreConfig& config) {
  return Analyser(run, config).analyse();
}

Limit limit_of(const SnippetAnalysis& analysis) {
  constexpr double kNear = 0.9;
  const double enough = kNear * analysis.cycles;
  constexpr double kEqual = 0.99;  // a chain that keeps its only port busy is a chain
  if (analysis.latency_bound >= enough && analysis.latency_bound >= kEqual * analysis.throughput_bound) {
    return Limit::kLatency;
  }
  if (analysis.throughput_bound >= enough) return analysis.busiest.empty() ? Limit::kWidth : Limit::kPorts;
  return Limit::kOther;
}

}  // namespace m2sim::cmd
