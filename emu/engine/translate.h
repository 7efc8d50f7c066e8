// From guest words to a block: decode until control flow ends it, bind handlers, fuse, lay out uops.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emu/block.h"
#include "emu/engine/block_cache.h"
#include "emu/engine/handler.h"
#include "emu/engine/watch_list.h"
#include "emu/memory/memory.h"

namespace m2sim::emu {

// Whether an instruction executes here. kUndefined: the processor has no such instruction either, or not for
// programs. kMissing: it is decoded, but nothing executes it.
enum class Support : std::uint8_t { kExecutes, kUndefined, kMissing };
Support support_of(const insts::Inst& inst, Cpu cpu);

class Translator {
 public:
  // log: blocks are for a timing mode, their handlers record effective addresses. hot: executions until a
  // block leaves with Exit::kHot; 0: it never does.
  Translator(bool log, Cpu cpu, std::int32_t hot = 0) : log_(log), hot_(hot), cpu_(cpu) {}

  // The memory that blocks are made of from now on, and its number (Block::space).
  void look_at(const Memory& memory, std::uint64_t space) {
    memory_ = &memory;
    space_ = space;
    for (CodePage& page : code_pages_) page.begin = UINT64_MAX;
  }

  // The block that starts at pc, at most `most_insts` long, added to the cache (which must have room);
  // null when the first instruction cannot be fetched. `findable`: enter it in the cache's table.
  const Block* translate(std::uint64_t pc, BlockCache& cache, unsigned most_insts, bool findable);

  // What a block may have in front only: a run that ends there has the whole block before it in its log.
  void begin_blocks_at(const WatchList& watched) { watched_ = &watched; }

  // The block of one instruction that does what instruction `index` of `block` does, outside the cache and
  // without an id. Good until the next call.
  const Block* step_of(const Block& block, unsigned index);

  // How many instructions of `block` come before the one that `uop` belongs to. Works by laying the
  // block out again, so it is for faults, not for hot paths.
  unsigned inst_index(const Block& block, const Uop* uop);

  // What lies behind `block`, in the same way. Good until the next call.
  std::span<const UopSlot> slots_of(const Block& block);

 private:
  static constexpr std::uint64_t kCodePage = 4096;  // at most a page of any host
  struct CodePage {
    std::uint64_t begin = UINT64_MAX;
    std::uint64_t epoch = 0;  // Memory::code_epoch() when it was read
    std::array<std::byte, kCodePage> bytes;
  };

  bool has_handler(const insts::Inst& inst) const { return support_of(inst, cpu_) == Support::kExecutes; }
  void decode_block(std::uint64_t pc, unsigned most_insts);
  void lay_out(std::uint64_t pc, std::span<const insts::Inst> insts);
  // The same of one that was made here.
  void lay_out(const Block& block);
  void push_counter();
  void emit(const insts::Inst& inst, std::uint64_t pc, unsigned index);
  void emit_last(const insts::Inst& inst, std::uint64_t pc, unsigned inst_count);
  void emit_fused(const insts::Inst& compare, const insts::Inst& branch, std::uint64_t pc,
                  unsigned inst_count);
  void emit_fall_through(unsigned inst_count, bool check_stack);
  bool flags_are_read(std::uint64_t pc, unsigned branches);
  bool fetch(const Region& region, std::uint64_t address, std::uint32_t& word);
  void push(const Uop& uop, UopSlot slot = UopSlot::kUop) {
    slots_[uop_count_] = slot;
    uops_[uop_count_++] = uop;
  }
  void push_constant(std::uint64_t value, std::uint64_t extra);
  void push_successors();

  const Memory* memory_ = nullptr;
  std::uint64_t space_ = 0;
  std::vector<CodePage> code_pages_ =
      std::vector<CodePage>(32);  // what has been read of files, by page number
  const WatchList* watched_ = nullptr;
  bool log_;
  std::int32_t hot_;
  Cpu cpu_;
  std::array<insts::Inst, kMaxBlockInsts> insts_;
  unsigned inst_count_ = 0;
  std::array<Uop, 3 * kMaxBlockInsts + 3> uops_;
  std::array<UopSlot, 3 * kMaxBlockInsts + 3> slots_;
  std::array<std::uint16_t, kMaxBlockInsts> first_uop_;  // of each instruction; fused pairs share one
  unsigned uop_count_ = 0;
  // Uops lie behind their block; one instruction has at most two, and the end of its block two slots.
  struct {
    Block block;
    std::array<Uop, 4> uops;
  } step_{};
};

}  // namespace m2sim::emu
