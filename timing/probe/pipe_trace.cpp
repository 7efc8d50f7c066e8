#include "timing/probe/pipe_trace.h"

namespace m2sim::timing {

void PipeTrace::renamed(const RenamedUop& uop) {
  TracedUop traced;
  traced.pc = uop.pc;
  traced.group = uop.group;
  traced.insts = uop.uop->insts;
  traced.eliminated = uop.key == kNoKey;
  traced.fetched = uop.fetched;
  traced.renamed = uop.renamed;
  if (traced.eliminated) traced.completed = uop.renamed + 1;
  if (!traced.eliminated) rows_[uop.key] = first_ + flying_.size();
  flying_.push_back(traced);
}

void PipeTrace::retired(std::uint64_t group, Cycle cycle) {
  while (!flying_.empty() && flying_.front().group <= group) {
    done_.push_back(flying_.front());
    done_.back().retired = cycle;
    flying_.pop_front();
    ++first_;
    if (done_.size() > most_) done_.pop_front();
  }
}

void PipeTrace::lost(const LostSlots& lost) {
  lost_.push_back(lost);
  if (lost_.size() > most_) lost_.pop_front();
}

}  // namespace m2sim::timing
