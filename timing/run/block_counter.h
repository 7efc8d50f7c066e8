// A sink that counts how often blocks are executed.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "emu/retired.h"
#include "timing/phases/projection.h"

namespace m2sim::timing {

// Blocks are known by address and address space, so that one which is decoded anew, after its code changed or
// when the pool was full, is the same one. Programs that fork have each their own.
class BlockCounter {
 public:
  static constexpr bool kLogs = true;

  void consume(const emu::RetiredBatch& batch) {
    if (batch.blocks.size() > insts_.size()) get_to_know(batch);
    const std::uint64_t* at = batch.words.data();
    const std::uint64_t* const end = at + batch.words.size();
    while (at != end) {
      const emu::Block& block = *batch.blocks[*at];
      insts_[*at] += block.inst_count;
      at += 1 + std::size_t{block.mem_count};
    }
  }
  void blocks_cleared() {
    take();
    insts_.clear();
    numbers_.clear();
  }

  // Counts since the last call, by number.
  const std::vector<BlockCount>& vector();

 private:
  struct Name {
    std::uint64_t pc;
    std::uint64_t space;
    bool operator==(const Name&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Name& name) const {
      return (name.pc >> 2) * 0x9E3779B97F4A7C15 ^ name.space * 0xBF58476D1CE4E5B9;
    }
  };

  void get_to_know(const emu::RetiredBatch& batch);
  void take();

  std::vector<std::uint64_t> insts_;    // by id
  std::vector<std::uint64_t> numbers_;  // by id
  std::unordered_map<Name, std::uint64_t, Hash> known_;
  std::vector<BlockCount> taken_;
  std::vector<BlockCount> vector_;
};

}  // namespace m2sim::timing
