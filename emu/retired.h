// The contract between emulation and time: a batched log of what retired, in program order.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>

#include "emu/block.h"

namespace m2sim::emu {

inline constexpr std::uint32_t kNoBlock = UINT32_MAX;

// `words` is a sequence of records, one an executed block: the block's id, then the effective address
// of each of its memory instructions in program order (exactly Block::mem_count words). All blocks are
// complete. The id that opens the next record, or `next_block` behind the last one, tells where the
// block went: its pc is the outcome of the terminal branch.
//
// `blocks` is indexed by id and covers every id of the batch; Block pointers and ids stay valid until
// the sink's blocks_cleared() is called.
//
// One batch is one thread's: all its blocks have the same address space (Block::space), to which its
// addresses belong. A batch whose `task` is not that of the batch before follows a context switch, and
// its first block is not where that one went.
struct RetiredBatch {
  std::span<const std::uint64_t> words;
  std::span<const Block* const> blocks;
  std::uint32_t next_block = kNoBlock;  // kNoBlock: the thread ended or all blocks are dropped
  std::uint32_t task = 0;               // number of the thread, dense from 0 in the order of their start
};

// What the run loop feeds. A sink with kLogs false is never called and costs nothing.
template <class T>
concept Sink = requires(T& sink, const RetiredBatch& batch) {
  { T::kLogs } -> std::convertible_to<bool>;
  sink.consume(batch);
  sink.blocks_cleared();  // ids start again at 0; nothing consumed later refers to older blocks
};

struct NoSink {
  static constexpr bool kLogs = false;
  void consume(const RetiredBatch& /*batch*/) {}
  void blocks_cleared() {}
};

}  // namespace m2sim::emu
