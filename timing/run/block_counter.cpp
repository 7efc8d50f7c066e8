#include "timing/run/block_counter.h"

#include <algorithm>
#include <utility>

namespace m2sim::timing {

void BlockCounter::get_to_know(const emu::RetiredBatch& batch) {
  for (std::size_t id = numbers_.size(); id < batch.blocks.size(); ++id) {
    const emu::Block& block = *batch.blocks[id];
    numbers_.push_back(known_.try_emplace({block.pc, block.space}, known_.size() + 1).first->second);
  }
  insts_.resize(numbers_.size());
}

void BlockCounter::take() {
  for (std::size_t id = 0; id < insts_.size(); ++id) {
    if (insts_[id] != 0) taken_.push_back({numbers_[id], std::exchange(insts_[id], 0)});
  }
}

const std::vector<BlockCount>& BlockCounter::vector() {
  take();
  std::sort(taken_.begin(), taken_.end(),
            [](const BlockCount& one, const BlockCount& other) { return one.block < other.block; });
  vector_.clear();
  for (const BlockCount& count : taken_) {
    if (!vector_.empty() && vector_.back().block == count.block) {
      vector_.back().insts += count.insts;
    } else {
      vector_.push_back(count);
    }
  }
  taken_.clear();
  return vector_;
}

}  // namespace m2sim::timing
