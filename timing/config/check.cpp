// The rules that a configuration must keep beyond each member's own bounds.
#include <algorithm>
#include <bit>
#include <string>
#include <vector>

#include "timing/config/field_text.h"
#include "timing/config/fields.h"
#include "timing/config/port_layout.h"

namespace m2sim::timing {

namespace {

class Problems {
 public:
  void require(bool holds, const std::string& problem) {
    if (!holds) {
      lines_.push_back(problem);
    }
  }
  bool any() const { return !lines_.empty(); }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

void check_counts(const CoreConfig& config, Problems& problems) {
  problems.require(config.dispatch_queues.size() <= kMaxDispatchQueues, "dispatch_queues.names: too many");
  problems.require(config.schedulers.size() <= kMaxSchedulers, "schedulers.names: too many");
  problems.require(config.ports.size() <= kMaxPorts, "ports.names: too many");
}

void check_bounds(const CoreConfig& config, Problems& problems) {
  for (const Field& field : fields(config)) {
    const std::uint32_t value = field.get(config);
    if (field.kind == FieldKind::kCapabilities) {
      problems.require(value != 0, field.path + ": none are given");
    } else if (field.kind == FieldKind::kDispatchQueue || field.kind == FieldKind::kScheduler) {
      problems.require(value < choices_of(config, field.kind).size(), field.path + ": none is given");
    } else if (value < field.min || value > field.max) {
      problems.require(false, field.path + ": " + std::to_string(value) + " is not in " +
                                  std::to_string(field.min) + " to " + std::to_string(field.max));
    }
  }
}

void check_cache(const std::string& name, const CacheConfig& cache, Problems& problems) {
  problems.require(std::has_single_bit(cache.line_bytes), name + ".line_bytes: not a power of two");
  const std::uint64_t way_bytes = std::uint64_t{cache.ways} * cache.line_bytes;
  const std::uint64_t bytes = std::uint64_t{cache.kib} * 1024;
  problems.require(way_bytes != 0 && bytes % way_bytes == 0 && std::has_single_bit(bytes / way_bytes),
                   name + ": kib / (ways x line_bytes) is not a power of two");
}

void check_sets(const std::string& name, std::uint32_t entries, std::uint32_t ways, Problems& problems) {
  problems.require(ways != 0 && entries % ways == 0 && std::has_single_bit(entries / ways),
                   name + ": entries / ways is not a power of two");
}

void check_memory(const CoreConfig& config, Problems& problems) {
  check_cache("l1i", config.l1i.cache, problems);
  check_cache("l1d", config.l1d.cache, problems);
  check_cache("l2", config.l2.cache, problems);
  if (config.slc.cache.kib != 0) {
    check_cache("slc", config.slc.cache, problems);
    problems.require(config.slc.cache.line_bytes == config.l2.cache.line_bytes,
                     "slc.line_bytes: differs from l2.line_bytes");
  }
  problems.require(config.l1i.cache.line_bytes == config.l1d.cache.line_bytes,
                   "l1i.line_bytes: differs from l1d.line_bytes");
  problems.require(config.l2.cache.line_bytes >= config.l1d.cache.line_bytes,
                   "l2.line_bytes: smaller than l1d.line_bytes");
  problems.require(config.l2.cache.line_bytes <= 8 * config.l1d.cache.line_bytes,
                   "l2.line_bytes: more than 8 lines of the L1D");
  problems.require(config.l1d.load_to_base <= config.l1d.load_to_use,
                   "l1d.load_to_base: larger than l1d.load_to_use");
  problems.require(config.l1d.load_to_use <= config.l2.load_to_use,
                   "l2.load_to_use: smaller than l1d.load_to_use");
  problems.require(std::has_single_bit(config.mmu.page_kib), "mmu.page_kib: not a power of two");
  check_sets("mmu.itlb", config.mmu.itlb.entries, config.mmu.itlb.ways, problems);
  check_sets("mmu.dtlb", config.mmu.dtlb.entries, config.mmu.dtlb.ways, problems);
  check_sets("mmu.l2_tlb", config.mmu.l2_tlb.entries, config.mmu.l2_tlb.ways, problems);
}

void check_branch(const BranchConfig& branch, Problems& problems) {
  check_sets("branch.btb_l1", branch.btb_l1_entries, branch.btb_l1_ways, problems);
  if (branch.btb_l2_entries != 0) {
    check_sets("branch.btb_l2", branch.btb_l2_entries, branch.btb_l2_ways, problems);
  }
}

void check_pipe(const CoreConfig& config, Problems& problems) {
  // The first half of a fused pair stays until the next window brings the second.
  problems.require(config.fetch.buffer_instructions > config.fetch.instructions_per_cycle,
                   "fetch.buffer_instructions: not larger than fetch.instructions_per_cycle");
  problems.require(std::has_single_bit(config.lsq.access_bytes), "lsq.access_bytes: not a power of two");
}

// Everything can be executed, and nothing is built that no uop ever comes to.
void check_ports(const CoreConfig& config, Problems& problems) {
  const std::vector<std::string> capabilities = choices_of(config, FieldKind::kCapabilities);
  for (unsigned bit = 0; bit < kPortCapabilityCount; ++bit) {
    const auto able = [bit](const PortConfig& port) { return (port.capabilities >> bit & 1) != 0; };
    problems.require(std::ranges::any_of(config.ports, able),
                     "ports: none can do '" + capabilities[bit] + "'");
  }
  for (std::uint32_t i = 0; i < config.schedulers.size(); ++i) {
    const auto picks = [i](const PortConfig& port) { return port.scheduler == i; };
    problems.require(
        std::ranges::any_of(config.ports, picks),
        "schedulers: no port picks from '" + std::string(text_of(config.schedulers[i].name)) + "'");
  }
  for (std::uint32_t queue = 0; queue < config.dispatch_queues.size(); ++queue) {
    const auto behind = std::ranges::count_if(config.ports, [&](const PortConfig& port) {
      return port.scheduler < config.schedulers.size() && config.schedulers[port.scheduler].queue == queue;
    });
    const std::string name =
        "dispatch_queues: '" + std::string(text_of(config.dispatch_queues[queue].name)) + "'";
    problems.require(behind > 0, name + " leads to no port");
    problems.require(behind <= kPortsPerQueue,
                     name + " leads to more than " + std::to_string(kPortsPerQueue) + " ports");
  }
}

}  // namespace

std::vector<std::string> check(const CoreConfig& config) {
  Problems problems;
  check_counts(config, problems);
  if (problems.any()) return problems.take();  // the lists cannot be walked
  check_bounds(config, problems);
  check_pipe(config, problems);
  check_memory(config, problems);
  check_branch(config.branch, problems);
  check_ports(config, problems);
  return problems.take();
}

}  // namespace m2sim::timing
