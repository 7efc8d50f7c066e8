#include "timing/branch/branch_predictor.h"

namespace m2sim::timing {

BranchPredictor::BranchPredictor(const BranchConfig& config)
    : bubbles_{0, narrow(config.btb_l1_bubble), narrow(config.btb_l2_bubble), narrow(config.btb_miss_bubble)},
      mispredict_penalty_(narrow(config.mispredict_penalty)),
      return_penalty_(narrow(config.return_penalty)),
      tage_(config),
      btb_(config),
      indirect_(config),
      ras_(config.ras_entries) {}

bool BranchPredictor::predicted(const BranchSite& site, bool taken, std::uint64_t target,
                                std::uint32_t last) {
  switch (site.kind) {
    case BranchKind::kConditional: {
      ++stats_.conditional;
      const bool right = tage_.observe(site.pc, history_, taken) == taken;
      stats_.mispredicts_direction += right ? 0 : 1;
      return right;
    }
    case BranchKind::kDirect:
    case BranchKind::kCall:
      return true;
    case BranchKind::kIndirect:
    case BranchKind::kIndirectCall: {
      const bool right = indirect_.observe(site.pc, history_, last, word_of(target)) == word_of(target);
      stats_.mispredicts_indirect += right ? 0 : 1;
      stats_.mispredicts_indirect_call += right || site.kind == BranchKind::kIndirect ? 0 : 1;
      return right;
    }
    case BranchKind::kReturn: {
      const bool right = ras_.pop() == target;
      stats_.mispredicts_return += right ? 0 : 1;
      return right;
    }
  }
  return true;
}

BranchOutcome BranchPredictor::observe(const BranchSite& site, bool taken, std::uint64_t target) {
  ++stats_.branches;
  BranchOutcome outcome{};
  const Btb::Found found = taken ? btb_.access(site.pc, target) : Btb::Found{};
  outcome.supply = found.supply;
  outcome.mispredicted = !predicted(site, taken, target, found.target);
  if (outcome.mispredicted) {
    ++stats_.mispredicts;
    outcome.penalty = site.kind == BranchKind::kReturn ? return_penalty_ : mispredict_penalty_;
  }
  if (site.kind == BranchKind::kCall || site.kind == BranchKind::kIndirectCall) {
    stats_.ras_overflows += ras_.push(site.pc + 4) ? 1 : 0;
  }
  if (!taken) {
    return outcome;
  }
  ++stats_.taken;
  history_.taken(site.pc, target);
  stats_.btb_l1_hits += outcome.supply == TargetSupply::kBtbL1 ? 1 : 0;
  stats_.btb_l2_hits += outcome.supply == TargetSupply::kBtbL2 ? 1 : 0;
  stats_.btb_misses += outcome.supply == TargetSupply::kPredecode ? 1 : 0;
  if (!outcome.mispredicted) {
    outcome.bubble = bubbles_[static_cast<unsigned>(outcome.supply)];
    stats_.bubble_cycles += outcome.bubble;
  }
  return outcome;
}

}  // namespace m2sim::timing
