// Blocks that are made already, and what becomes of them: code changes, pools fill, and somebody watches.
#include <algorithm>
#include <limits>

#include "emu/emulator.h"
#include "emu/engine/block_end.h"
#include "emu/jit/jit.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

Emulator::Blocks::Blocks(bool log, const MachineOptions& options)
    : trap(trap_handler(log)),
      // What is near the simulator's code is scarce: blocks that never become machine code leave it to
      // others.
      cache(log || !kMachineCode ? nullptr : reinterpret_cast<const void*>(trap)),
      translator(log, options.cpu, log || !kMachineCode ? 0 : options.jit_after) {}

Emulator::Blocks::~Blocks() = default;

Emulator::Blocks& Emulator::blocks_for(bool log) {
  std::unique_ptr<Blocks>& blocks = blocks_[log ? 1 : 0];
  if (blocks == nullptr) {
    blocks = std::make_unique<Blocks>(log, kernel_.options);
    if (!watched_.empty()) blocks->translator.begin_blocks_at(watched_);
  }
  return *blocks;
}

// What is watched for may lie inside blocks that were made before.
void Emulator::watch_blocks() {
  for (const std::unique_ptr<Blocks>& blocks : blocks_) {
    if (blocks == nullptr) continue;
    blocks->translator.begin_blocks_at(watched_);
    for (const Block* block : blocks->cache.blocks()) {
      if (watched_.concerns(*block)) blocks->cache.set_trap(*block, blocks->trap);
    }
  }
}

// What ic ivau has named. Another address may show the same memory: caches know it by neither.
void Emulator::forget_stale_code() {
  for (const StaleRange& range : cpu_->stale_code) {
    forget_blocks(range, space_->number);
    const Region* region = space_->memory.region_at(range.begin);
    if (region == nullptr || !region->shared) continue;
    const std::uint64_t offset = region->offset + (range.begin - region->begin);
    const std::uint64_t size = range.end - range.begin;
    for (const auto& process : kernel_.processes()) {
      if (process->space == nullptr) continue;
      for (const Region& other : process->memory().regions()) {
        const bool shows = other.shared && other.object == region->object && other.offset < offset + size &&
                           offset < other.offset + (other.end - other.begin);
        if (!shows) continue;
        const std::uint64_t begin = other.begin + (std::max(offset, other.offset) - other.offset);
        const std::uint64_t end = other.begin + (offset + size - other.offset);
        forget_blocks({begin, std::min(end, other.end)}, process->space->number);
      }
    }
  }
  cpu_->stale_code.clear();
}

// What a system call has changed, of this thread or of another one: also of one that traces it.
void Emulator::forget_changed_code() {
  StaleCode& changed = task_->process->memory().changed_code();
  if (changed.empty()) return;
  for (const StaleRange& range : changed) forget_blocks(range, space_->number);
  changed.clear();
}

void Emulator::forget_blocks(const StaleRange& range, std::uint64_t space) {
  const auto dropped = [this](const Block& block) {
    for (const auto& task : kernel_.tasks()) {
      const Block*& entry = task->cpu.jump_cache[jump_cache_slot(block.pc)];
      if (entry == &block) entry = &kNowhere;
    }
    if (next_ == &block) next_ = nullptr;
    ++stats_.blocks_dropped;
  };
  for (const std::unique_ptr<Blocks>& blocks : blocks_) {
    if (blocks != nullptr) blocks->cache.forget(range.begin, range.end, space, dropped);
  }
}

// Its counter has come to 0. False: the slice is over, as there is no room.
bool Emulator::compile(const Block& block) {
  Blocks& blocks = *blocks_[logs_ ? 1 : 0];
  if (blocks.jit == nullptr) blocks.jit = std::make_unique<Jit>(kernel_.options.jit_bytes);
  Uop* const uops = BlockCache::uops_of(block);
  const Handler first = blocks.jit->compile(block, uops, translator_->slots_of(block));
  if (first == nullptr && !blocks.jit->empty()) {
    slice_end_ = SliceEnd::kClear;
    return false;
  }
  if (first == nullptr) {
    uops->imm = std::numeric_limits<std::int32_t>::max();  // not again soon
    return true;
  }
  blocks.cache.set_first(block, first);
  ++stats_.blocks_compiled;
  return true;
}

void Emulator::clear_blocks() {
  for (const std::unique_ptr<Blocks>& blocks : blocks_) {
    if (blocks == nullptr) continue;
    blocks->cache.clear();
    if (blocks->jit != nullptr) blocks->jit->clear();
  }
  ++stats_.cache_clears;
  next_ = nullptr;
  cpu_->stale_code.clear();
  switch_to(*task_);
}

}  // namespace m2sim::emu
