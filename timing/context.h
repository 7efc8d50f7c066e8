// Whose instructions a batch of the log holds. Processes use the same addresses for different memory:
// the models put the number of the address space above each address, so that caches and TLBs tell them
// apart as physical addresses and ASIDs do. Pages that processes share are not recognised as one.
// Branch predictors see plain addresses.
#pragma once

#include <cstdint>

#include "emu/retired.h"

namespace m2sim::timing {

class Context {
 public:
  // True: the batch belongs to another thread or program than the one before.
  bool follow(const emu::RetiredBatch& batch) {
    if (batch.words.empty()) return false;
    const std::uint64_t space = batch.blocks[batch.words.front()]->space << kAddressBits;
    if (batch.task == task_ && space == space_) return false;
    task_ = batch.task;
    space_ = space;
    return true;
  }
  std::uint32_t task() const { return task_; }
  // Of the batch's blocks, as emu::Block has it.
  std::uint64_t space() const { return space_ >> kAddressBits; }
  // Pointers may carry data in their top byte.
  std::uint64_t locate(std::uint64_t address) const { return (address & kAddressMask) | space_; }

 private:
  static constexpr unsigned kAddressBits = 48;
  static constexpr std::uint64_t kAddressMask = (std::uint64_t{1} << kAddressBits) - 1;

  std::uint32_t task_ = 0;
  std::uint64_t space_ = 0;
};

}  // namespace m2sim::timing
