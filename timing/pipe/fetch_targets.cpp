#include "timing/pipe/fetch_targets.h"

#include <algorithm>

namespace m2sim::timing {

FetchTargets::FetchTargets(const CoreConfig& config, MemoryHierarchy& memory, BranchPredictor& predictor,
                           const CrackTable& table, const Context& context)
    : memory_(memory),
      predictor_(predictor),
      table_(table),
      context_(context),
      most_lines_(config.fetch.targets_ahead),
      line_bytes_(config.l1i.cache.line_bytes) {}

void FetchTargets::begin(const Place& fetch) {
  path_ = predictor_.path();
  pc_ = fetch.block_pc;
  line_ = fetch.line;
  line_there_ = fetch.line_there;
  lines_ = 0;
  present_ = 0;
  begins_ = true;
  stopped_ = false;
}

void FetchTargets::look_ahead(const Place& fetch) {
  if (queue_.empty()) begin(fetch);
  now_ = fetch.now;
  while (!stopped_ && lines_ < most_lines_ && !queue_.full()) {
    const CrackedBlock* const block = table_.find(pc_, context_.space());
    if (block == nullptr) {
      stopped_ = true;
      return;
    }
    ask(*block);
    pc_ = predict(*block);
    queue_.push(pc_);
    stopped_ = pc_ == 0 || line_there_ == kNever;
  }
}

void FetchTargets::ask(const CrackedBlock& block) {
  const std::uint64_t begin = context_.locate(block.pc) & ~(line_bytes_ - 1);
  const std::uint64_t last = context_.locate(block.end() - 4);
  for (std::uint64_t line = begins_ ? line_ + line_bytes_ : begin; line <= last; line += line_bytes_) {
    if (line == line_) continue;
    line_ = line;
    line_there_ = memory_.prefetch_code(line, ++now_);
    present_ = line_there_ == now_ ? present_ + 1 : 0;
    ++lines_;
  }
  begins_ = false;
}

// Where fetch goes behind the block; 0: nobody knows.
std::uint64_t FetchTargets::predict(const CrackedBlock& block) {
  if (!block.has_branch) return block.end();
  const BranchPredictor::Guess guess =
      predictor_.predict({block.branch_pc(), block.branch}, block.target, path_);
  if (guess.supply == TargetSupply::kPredecode) now_ = std::max(now_, line_there_);
  now_ += guess.bubble;
  return guess.next;
}

}  // namespace m2sim::timing
