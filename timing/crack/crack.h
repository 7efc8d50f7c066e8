// Blocks into uops, once a block, in a side table indexed by the block's dense id.
//
// Rules are those measured on Apple's P-cores (op_timing.inc): what counts as a uop, what issues, what
// rename eliminates and what it fuses. Fusion and the elimination limits look at the instructions of
// one block only, in program order: a pair that is split over two blocks never fuses.
//
// Reads RenameConfig, PortConfig, SchedulerConfig, DivideConfig, LsqConfig (access_bytes), L1dConfig.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "emu/block.h"
#include "emu/retired.h"
#include "timing/branch/branch_predictor.h"
#include "timing/config/config.h"
#include "timing/config/port_layout.h"
#include "timing/crack/block_counts.h"
#include "timing/crack/uop.h"
#include "timing/zeroed_array.h"

namespace m2sim::timing {

struct CrackedBlock {
  const UopInfo* uops = nullptr;             // null: not cracked yet
  const std::uint16_t* first_uop = nullptr;  // inst_count + 1 entries: where an instruction's uops begin
  std::uint64_t pc = 0;
  std::uint64_t target = 0;  // of a direct branch
  std::uint16_t inst_count = 0;
  BranchKind branch = BranchKind::kDirect;
  bool has_branch = false;
  // Which of the record's addresses is that where it saves the return address on the stack, from 1; 0: none.
  std::uint8_t link_save = 0;

  std::uint64_t end() const { return pc + 4 * std::uint64_t{inst_count}; }
  std::uint64_t branch_pc() const { return end() - 4; }
};

class CrackTable {
 public:
  explicit CrackTable(const CoreConfig& config);
  CrackTable(const CrackTable&) = delete;
  CrackTable& operator=(const CrackTable&) = delete;

  // Valid until clear(). Allocates only when blocks that it has not seen fill a chunk.
  const CrackedBlock& lookup(const emu::Block& block) { return entry_of(block).cracked; }
  // The same for a block that executes now.
  const CrackedBlock& execute(const emu::Block& block) {
    Entry& entry = entry_of(block);
    ++entry.executions;
    return entry.cracked;
  }
  // A block that was looked up, by where it begins in which address space; null: there is none.
  const CrackedBlock* find(std::uint64_t pc, std::uint64_t space) const {
    const std::uint64_t hash = hash_of(pc, space);
    for (std::size_t at = place_of(hash);; at = (at + 1) & places_mask_) {
      const Place place = places_[at];
      if (place.id == emu::kNoBlock) return nullptr;
      if (place.tag != tag_of(hash)) continue;
      const Entry& entry = table_[place.id];
      if (entry.cracked.pc == pc && entry.space == space) return &entry.cracked;
    }
  }
  // Of one execution of a block that was looked up.
  const BlockCounts& counts(const emu::Block& block) const { return counts_[block.id]; }
  // Of all executed blocks so far, dropped ones too.
  BlockCounts executed() const;

  void clear();

 private:
  static constexpr std::size_t kChunkUops = 8192;
  static constexpr std::size_t kChunkIndices = 8192;
  static constexpr std::size_t kFirstPlaces = 1024;  // a power of two

  struct alignas(64) Entry {
    CrackedBlock cracked;
    std::uint64_t space = 0;  // that the block is of
    std::uint64_t executions = 0;
  };

  Entry& entry_of(const emu::Block& block) {
    if (block.id >= table_.size() || table_[block.id].cracked.uops == nullptr) [[unlikely]]
      return crack(block);
    return table_[block.id];
  }
  Entry& crack(const emu::Block& block);
  // A hash table of blocks, at most half full: with a part of the hash, so that hardly any entry is looked at
  // for nothing, and nothing else, as a large program's has to fit the host's caches.
  struct Place {
    std::uint32_t id = emu::kNoBlock;
    std::uint32_t tag = 0;
  };
  static std::uint64_t hash_of(std::uint64_t pc, std::uint64_t space) {
    return (pc >> 2 ^ space << 40) * 0x9e3779b97f4a7c15U;
  }
  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }
  std::size_t place_of(std::uint64_t hash) const { return hash >> 32 & places_mask_; }
  void enter(std::uint32_t id);
  UopInfo* room_for_uops(std::size_t count);
  std::uint16_t* room_for_indices(std::size_t count);

  CoreConfig config_;
  QueueLayout layout_;
  std::uint32_t memory_ports_;  // masks
  std::uint32_t simd_ports_;
  std::uint32_t load_ports_;
  std::vector<Entry> table_;
  std::vector<Place> places_ = std::vector<Place>(kFirstPlaces);
  std::size_t places_mask_ = kFirstPlaces - 1;
  std::size_t entered_ = 0;
  std::vector<BlockCounts> counts_;  // of one execution, by the block's id
  BlockCounts dropped_;
  std::vector<ZeroedArray<UopInfo>> uop_chunks_;  // those in use are copied there
  std::vector<std::unique_ptr<std::uint16_t[]>> index_chunks_;
  std::size_t uops_used_ = kChunkUops;
  std::size_t indices_used_ = kChunkIndices;
  std::vector<UopInfo> scratch_;  // of the block being cracked
  std::vector<std::uint16_t> scratch_indices_;
};

}  // namespace m2sim::timing
