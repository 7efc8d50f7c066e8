#include "timing/probe/pipe_trace.h"

#include <algorithm>

namespace m2sim::timing {

PipeTrace::PipeTrace(const TraceWindow& window, std::size_t most)
    : window_(window), most_(most), rows_(kProbeKeys, kNoUop), outcomes_(kOutcomes) {
  writers_.fill(kNoUop);
}

bool PipeTrace::in_window(const RenamedUop& uop) {
  if (!open_) {
    const std::uint64_t insts = uop.uop->insts > 1 ? uop.uop->insts : 1;
    const std::uint64_t first_pc = uop.pc - 4 * (insts - 1);
    const bool there = !window_.address || (*window_.address >= first_pc && *window_.address <= uop.pc);
    if (number_ < window_.first || !there) return false;
    open_ = true;
    if (window_.insts < UINT64_MAX - number_) end_ = number_ + window_.insts;
  }
  return number_ < end_;
}

void PipeTrace::renamed(const RenamedUop& uop) {
  const bool eliminated = uop.key == kNoKey;
  const std::uint64_t number = number_;
  const bool traces = in_window(uop);
  number_ += uop.uop->insts;
  if (!traces) {
    if (!eliminated) rows_[uop.key] = kNoUop;
    return;
  }
  TracedUop traced;
  traced.id = next_id_++;
  traced.number = number;
  traced.pc = uop.pc;
  traced.group = uop.group;
  traced.insts = uop.uop->insts;
  traced.eliminated = eliminated;
  traced.ports = uop.uop->ports;
  traced.occupancy = uop.uop->occupancy;
  traced.slots = uop.uop->slots;
  traced.fetched = uop.fetched;
  traced.renamed = uop.renamed;
  if (eliminated) traced.completed = uop.renamed + 1;
  if (!eliminated) rows_[uop.key] = traced.id;
  link(*uop.uop, traced);
  flying_.push_back(traced);
}

// Registers to their writers, as the models keep them (timing/pipe/bypass.h).
void PipeTrace::link(const UopInfo& uop, TracedUop& traced) {
  for (unsigned s = 0; s < uop.source_count; ++s) traced.producers[s] = writers_[uop.sources[s].reg];
  std::uint64_t writer = traced.id;
  if (traced.eliminated) writer = uop.is(kUopCopy) ? traced.producers[0] : kNoUop;
  for (unsigned d = 0; d < uop.dest_count; ++d) writers_[uop.dests[d]] = writer;
}

void PipeTrace::look_at_producers(TracedUop& traced) const {
  Cycle last = traced.renamed;
  for (std::uint64_t& id : traced.producers) {
    if (id == kNoUop) continue;
    const Outcome& producer = outcomes_[id % kOutcomes];
    if (producer.id == id) {
      // Some inputs get a result sooner than it can be read (timing/pipe/bypass.h).
      const Cycle sooner = producer.completed > traced.able ? producer.completed - traced.able : 0;
      const Cycle there = producer.depth - std::min(producer.depth, sooner);
      if (there > traced.depth) {
        traced.depth = there;
        traced.deepest = id;
      }
    }
    if (producer.id != id || producer.completed <= traced.renamed) {
      id = kNoUop;
    } else if (producer.completed > last) {
      last = producer.completed;
      traced.last_producer = id;
      traced.operands = producer.work;
    }
  }
  if (!traced.eliminated) traced.depth += traced.completed - traced.issued;
}

void PipeTrace::retired(std::uint64_t group, Cycle cycle) {
  while (!flying_.empty() && flying_.front().group <= group) {
    TracedUop& traced = flying_.front();
    traced.retired = cycle;
    look_at_producers(traced);
    outcomes_[traced.id % kOutcomes] = {traced.id, traced.completed, traced.depth, traced.work};
    done_.push_back(traced);
    flying_.pop_front();
    ++first_;
    if (done_.size() > most_) done_.pop_front();
  }
}

void PipeTrace::lost(const LostSlots& lost) {
  const bool outside = !open_ || number_ >= end_;
  if (outside && (window_.address || window_.first != 0 || window_.insts != UINT64_MAX)) return;
  lost_.push_back(lost);
  if (lost_.size() > most_) lost_.pop_front();
}

void PipeTrace::hand_to(TraceReader& reader) {
  if (done_.empty() && lost_.empty()) return;
  const std::vector<TracedUop> uops(done_.begin(), done_.end());
  const std::vector<LostSlots> lost(lost_.begin(), lost_.end());
  done_.clear();
  lost_.clear();
  reader.read(uops, lost);
}

}  // namespace m2sim::timing
