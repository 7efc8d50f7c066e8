// A retired log that no program wrote: a loop of integer arithmetic, to measure a core by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "emu/engine/block_cache.h"
#include "emu/retired.h"
#include "insts/inst.h"

namespace m2sim::benchmarks {

// Thirty additions, shifts and logic operations on eight registers, then a counter and the branch back.
std::vector<insts::Inst> alu_loop_body();

class AluLog {
 public:
  static constexpr std::size_t kPasses = 2048;

  AluLog();

  // kPasses passes of the loop; it goes on with another pass, so batches can follow each other.
  emu::RetiredBatch batch() const;
  std::size_t insts() const { return kPasses * block_->inst_count; }

 private:
  emu::BlockCache cache_;
  const emu::Block* block_;
  std::vector<std::uint64_t> words_;
};

}  // namespace m2sim::benchmarks
