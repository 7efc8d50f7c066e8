// Functional warming: what caches, TLBs and predictors learn from instructions whose time nobody asks for.
//
// Fetch, loads, stores and branches go through the same parts as those of the model, in program order, so
// what is in them behind is what the model would have left there but for what depends on time: which of two
// accesses came first, prefetches that came late, lines that prediction asked for ahead of fetch. The pairs
// of stores and loads that the load/store unit remembers are those of the model's last instructions.
//
// Time goes on as if each access waited for the one before, so no queue of the memory is ever long.
#pragma once

#include <cstdint>
#include <vector>

#include "emu/retired.h"
#include "timing/cycle.h"
#include "timing/pipe/parts.h"

namespace m2sim::timing {

class Warming {
 public:
  explicit Warming(Parts& parts);

  // The pipe is empty; consume() goes on from its time.
  void begin() { now_ = parts_.ledger.now(); }
  void consume(const emu::RetiredBatch& batch);
  // The model goes on from here.
  void end();
  void blocks_cleared();

 private:
  enum class Kind : std::uint8_t { kLoad, kStore, kPrefetch };
  // One access of a block, in program order.
  struct Access {
    std::uint64_t pc;
    Kind kind;
    bool first;  // takes the next address of the record
    std::uint8_t offset;
    std::uint8_t bytes;
  };
  struct KnownBlock {
    std::uint64_t pc = 0;
    std::uint64_t branch_pc = 0;
    std::uint32_t accesses = 0;  // where they begin in accesses_
    std::uint16_t access_count = 0;
    std::uint16_t bytes = 0;  // of code; 0: not known yet
    BranchKind branch = BranchKind::kDirect;
    bool has_branch = false;
  };

  Cycle consume(const emu::Record& record, Cycle now);
  Cycle fetch(std::uint64_t first, std::uint64_t last, Cycle now);
  Cycle access(const Access& access, std::uint64_t address, Cycle now);
  const KnownBlock& known(const emu::Block& block) {
    if (block.id < blocks_.size() && blocks_[block.id].bytes != 0) [[likely]]
      return blocks_[block.id];
    return get_to_know(block);
  }
  const KnownBlock& get_to_know(const emu::Block& block);

  Parts& parts_;
  Cycle now_ = 0;
  Cycle load_to_use_;
  std::uint64_t line_bytes_;
  std::uint64_t line_ = UINT64_MAX;  // of code, the last
  std::vector<KnownBlock> blocks_;   // by id
  std::vector<Access> accesses_;
};

}  // namespace m2sim::timing
