#include "timing/branch/branch_predictor.h"

#include <cmath>

#include "timing/branch/code_word.h"

namespace m2sim::timing {

BranchPredictor::BranchPredictor(const BranchConfig& config)
    : bubbles_{0, narrow(config.btb_l1_bubble), narrow(config.btb_l2_bubble), narrow(config.btb_miss_bubble)},
      override_bubble_(narrow(config.btb_override_bubble)),
      mispredict_penalty_(narrow(config.mispredict_penalty)),
      return_penalty_(narrow(config.return_penalty)),
      tage_(config),
      btb_(config),
      indirect_(config),
      ras_(config.ras_entries) {}

BranchStats BranchPredictor::stats() const {
  BranchStats stats = stats_;
  for (const auto& kind : observed_) {
    for (const std::uint64_t times : kind) stats.branches += times;
    stats.taken += kind[1] + kind[2] + kind[3];
    stats.btb_l1_hits += kind[static_cast<unsigned>(TargetSupply::kBtbL1)];
    stats.btb_l2_hits += kind[static_cast<unsigned>(TargetSupply::kBtbL2)];
    stats.btb_misses += kind[static_cast<unsigned>(TargetSupply::kPredecode)];
  }
  for (const std::uint64_t times : observed_[static_cast<unsigned>(BranchKind::kConditional)])
    stats.conditional += times;
  return stats;
}

bool BranchPredictor::target_predicted(BranchSite site, std::uint64_t target, std::uint32_t last) {
  switch (site.kind) {
    case BranchKind::kConditional:
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
    const bool turns_back = btb_.expects_taken(site.pc);
    return {site.pc + 4, TargetSupply::kNone, turns_back ? override_bubble_ : std::uint8_t{0}};
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
  return {target, found.supply, bubble_of(site.kind, found, target)};
}

double BranchPredictor::stale_part() const {
  if (!gap_ || btb_.places() == 0) return 0;
  return std::exp(-static_cast<double>(btb_.entered() - *gap_) / static_cast<double>(btb_.places()));
}

bool BranchPredictor::observe_always_taken(BranchSite site, std::uint64_t target, std::uint32_t last) {
  const bool right = target_predicted(site, target, last);
  if (site.kind == BranchKind::kCall || site.kind == BranchKind::kIndirectCall) {
    stats_.ras_overflows += ras_.push(site.pc + 4) ? 1 : 0;
  }
  return right;
}

BranchOutcome BranchPredictor::mispredicted(BranchKind kind, TargetSupply supply) {
  ++stats_.mispredicts;
  stats_.mispredicts_direction += kind == BranchKind::kConditional ? 1 : 0;
  return {true, 0, supply, kind == BranchKind::kReturn ? return_penalty_ : mispredict_penalty_};
}

void BranchPredictor::learn(const BranchSite& site, bool taken, std::uint64_t target) {
  if (site.kind == BranchKind::kConditional) {
    stats_.mispredicts += tage_.observe(site.pc, history_, taken) == taken ? 0 : 1;
    if (!taken) {
      btb_.pass(site.pc);
      return;
    }
    btb_.access(site.pc, target);
  } else {
    const Btb::Found found = btb_.access(site.pc, target);
    stats_.mispredicts += target_predicted(site, target, found.target) ? 0 : 1;
    if (site.kind == BranchKind::kCall || site.kind == BranchKind::kIndirectCall) ras_.push(site.pc + 4);
  }
  history_.taken(site.pc, target);
}

}  // namespace m2sim::timing
