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
  void begin() {
    now_ = parts_.ledger.now();
    forget_address_space();
  }
  void consume(const emu::RetiredBatch& batch);
  // The model goes on from here.
  void end();
  void blocks_cleared();

 private:
  enum class Kind : std::uint8_t { kLoad, kStore, kPrefetch };
  // A piece of what an instruction accesses.
  struct Piece {
    std::uint64_t pc;
    Kind kind;
    std::uint8_t offset;
    std::uint8_t bytes;
  };
  // What an instruction accesses, which has one address of the record.
  struct Access {
    std::uint32_t piece;  // the first, in pieces_
    std::uint8_t pieces;
    std::uint8_t bytes;   // of all pieces
    std::uint8_t writes;  // 1: some piece stores
  };
  struct KnownBlock {
    std::uint64_t pc = 0;
    std::uint64_t branch_pc = 0;
    std::uint64_t quiet_since = 0;  // to fetch it changes nothing as long as code_changes_ is this
    std::uint32_t accesses = 0;     // where they begin in accesses_
    std::uint16_t access_count = 0;
    std::uint16_t bytes = 0;  // of code; 0: not known yet
    BranchKind branch = BranchKind::kDirect;
    bool has_branch = false;
  };

  Cycle consume(const emu::Record& record, Cycle now);
  Cycle fetch(KnownBlock& block, Cycle now);
  [[gnu::noinline]] Cycle access(const Access& access, std::uint64_t address, Cycle now);
  Cycle access(const Piece& piece, std::uint64_t address, Cycle now);
  KnownBlock& known(const emu::Block& block) {
    if (block.id < blocks_.size() && blocks_[block.id].bytes != 0) [[likely]]
      return blocks_[block.id];
    return get_to_know(block);
  }
  void forget_address_space() {
    ++code_changes_;
    parts_.memory.forget_quiet();
  }
  KnownBlock& get_to_know(const emu::Block& block);
  void add(std::uint64_t pc, const UopInfo& uop);

  Parts& parts_;
  Cycle now_ = 0;
  Cycle load_to_use_;
  std::uint64_t line_bytes_;
  std::uint64_t code_changes_ = 1;  // of what the L1I and the ITLB know
  std::vector<KnownBlock> blocks_;  // by id
  std::vector<Access> accesses_;
  std::vector<Piece> pieces_;
};

}  // namespace m2sim::timing
