#include "timing/pipe/fetch.h"

#include <algorithm>
#include <cassert>

namespace m2sim::timing {

Fetch::Fetch(const CoreConfig& config, MemoryHierarchy& memory, BranchPredictor& predictor,
             FetchTargets& targets)
    : memory_(memory),
      predictor_(predictor),
      targets_(targets),
      window_size_(std::min(config.fetch.instructions_per_cycle, config.fetch.bytes_per_cycle / 4)),
      branches_per_cycle_(config.fetch.branches_per_cycle),
      taken_per_cycle_(config.fetch.taken_branches_per_cycle),
      page_bubble_(config.fetch.page_cross_bubble),
      depth_(config.decode.pipeline_cycles),
      rename_to_issue_(config.issue.dispatch_delay + config.issue.issue_delay),
      page_mask_(std::uint64_t{config.mmu.page_kib} * 1024 - 1),
      line_mask_(std::uint64_t{config.l1i.cache.line_bytes} - 1) {}

namespace {

StallReason recovery_from(BranchKind branch) {
  switch (branch) {
    case BranchKind::kIndirect:
    case BranchKind::kIndirectCall:
      return StallReason::kMispredictIndirect;
    case BranchKind::kReturn:
      return StallReason::kMispredictReturn;
    default:
      return StallReason::kMispredictConditional;
  }
}

}  // namespace

// Most lines are at hand: a loop comes to the same few again and again.
inline void Fetch::fetch_lines(std::uint64_t location, Packet& packet) {
  const std::uint64_t last = (location + 4 * std::uint64_t{packet.insts} - 4) & ~line_mask_;
  std::uint32_t lines = 0;
  for (std::uint64_t line = location & ~line_mask_; line <= last; line += line_mask_ + 1) {
    if (line == line_) continue;
    if (!memory_.fetch_at_once(line, now_)) return wait_for_lines(line, last, lines, packet);
    line_ = line;
    ++lines;
  }
  if (!targets_.is_ahead()) return;
  targets_.advance(lines);
  if (targets_.leads()) look_ahead(now_, now_);
}

[[gnu::noinline]] void Fetch::wait_for_lines(std::uint64_t first, std::uint64_t last, std::uint32_t lines,
                                             Packet& packet) {
  Cycle translated = now_;
  Cycle ready = now_;
  bool first_use = false;
  for (std::uint64_t line = first; line <= last; line += line_mask_ + 1) {
    line_ = line;
    ++lines;
    const Cycle at = memory_.translate_instruction(line, now_);
    const MemoryHierarchy::CodeLine code = memory_.fetch_line(line, at);
    translated = std::max(translated, at);
    ready = std::max(ready, code.ready);
    first_use |= code.first_use;
  }
  targets_.advance(lines);
  if (first_use || targets_.leads()) look_ahead(ready, translated);
  if (ready == now_) return;
  packet.reason =
      translated - now_ > ready - translated ? StallReason::kInstructionTlb : StallReason::kInstructionCache;
  packet.culprit = next_inst_pc();
  packet.waits_for_last = false;
  left_ = 0;
  next_cycle_ = ready + 1;
  now_ = ready;
}

[[gnu::noinline]] void Fetch::look_ahead(Cycle ready, Cycle translated) {
  targets_.look_ahead({block_.pc, line_, ready, translated});
}

inline void Fetch::finish_block(Packet& packet) {
  targets_.finish(next_pc_);
  if (!block_.has_branch || !has_next_) return;
  const bool taken = block_.branch != BranchKind::kConditional || next_pc_ != block_.end();
  const BranchOutcome outcome = predictor_.observe({block_.branch_pc(), block_.branch}, taken, next_pc_);
  if (outcome.mispredicted) {
    packet.penalty = outcome.penalty;
    branch_ = block_.branch_pc();
    branch_record_ = record_;
    left_ = 0;
    next_cycle_ = kNever;
    reason_ = recovery_from(block_.branch);
    return;
  }
  if (--branches_left_ == 0 || (taken && --taken_left_ == 0)) left_ = 0;
  if (outcome.bubble == 0) return;
  // What was fetched behind a branch that is not taken after all is there when fetch comes back.
  if (taken) left_ = 0;
  came_back_ = !taken;
  next_cycle_ += outcome.bubble;
  reason_ = StallReason::kBranchBubble;
  branch_ = block_.branch_pc();
  branch_record_ = record_;
}

Packet Fetch::take() {
  assert(window_open() && !needs_record());
  const std::uint64_t location = location_ + 4 * std::uint64_t{next_inst_};
  const auto page_insts = static_cast<unsigned>((~location & page_mask_) / 4 + 1);
  const unsigned insts = std::min({left_, block_.inst_count - next_inst_, page_insts});

  Packet packet;
  packet.begin = block_.uops + block_.first_uop[next_inst_];
  packet.end = block_.uops + block_.first_uop[next_inst_ + insts];
  packet.block_pc = block_.pc;
  packet.insts = static_cast<std::uint8_t>(insts);
  packet.penalty = 0;
  const bool waits_for_branch = this->waits_for_branch();
  packet.culprit = waits_for_branch ? branch_ : next_inst_pc();
  packet.record = record_;
  packet.waits_for_last = waits_for_branch && branch_record_ != record_;
  packet.fetched = now_;
  packet.reason = reason_;

  if (!came_back_) reason_ = StallReason::kFetch;
  left_ -= insts;
  fetch_lines(location, packet);
  packet.available = now_ + depth_;
  if (insts == page_insts) {
    left_ = 0;
    next_cycle_ += page_bubble_;
  }
  next_inst_ += insts;
  if (needs_record()) finish_block(packet);
  return packet;
}

}  // namespace m2sim::timing
