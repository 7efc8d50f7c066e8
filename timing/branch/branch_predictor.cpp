#include "timing/branch/branch_predictor.h"

#include <cmath>

#include "timing/branch/code_word.h"

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

std::uint64_t BranchPredictor::returns_to(Path& path) const {
  return path.called != 0 ? path.calls[--path.called % path.calls.size()] : ras_.peek(path.returned++);
}

BranchPredictor::Guess BranchPredictor::predict(const BranchSite& site, std::uint64_t target, Path& path) {
  if (site.kind == BranchKind::kConditional && !tage_.predict(site.pc, path.history)) {
    return {site.pc + 4, TargetSupply::kNone, 0};
  }
  const Btb::Found found = btb_.peek(site.pc);
  if (site.kind == BranchKind::kReturn) {
    target = returns_to(path);
  } else if (site.kind == BranchKind::kIndirect || site.kind == BranchKind::kIndirectCall) {
    target = address_of(indirect_.predict(site.pc, path.history, found.target), site.pc);
  }
  if (site.kind == BranchKind::kCall || site.kind == BranchKind::kIndirectCall) {
    path.calls[path.called++ % path.calls.size()] = site.pc + 4;
  }
  path.history.taken(site.pc, target);
  return {target, found.supply, bubbles_[static_cast<unsigned>(found.supply)]};
}

double BranchPredictor::stale_part() const {
  if (!gap_ || btb_.places() == 0) return 0;
  return std::exp(-static_cast<double>(btb_.entered() - *gap_) / static_cast<double>(btb_.places()));
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

void BranchPredictor::learn(const BranchSite& site, bool taken, std::uint64_t target) {
  if (site.kind == BranchKind::kConditional) {
    stats_.mispredicts += tage_.observe(site.pc, history_, taken) == taken ? 0 : 1;
    if (!taken) return;
    btb_.access(site.pc, target);
  } else {
    const Btb::Found found = btb_.access(site.pc, target);
    stats_.mispredicts += predicted(site, taken, target, found.target) ? 0 : 1;
    if (site.kind == BranchKind::kCall || site.kind == BranchKind::kIndirectCall) ras_.push(site.pc + 4);
  }
  history_.taken(site.pc, target);
}

}  // namespace m2sim::timing
