// The contract between emulation and time: a batched log of what retired, in program order.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "emu/block.h"

namespace m2sim::emu {

inline constexpr std::uint32_t kNoBlock = UINT32_MAX;

// `words` is a sequence of records, one an executed block: the block's id, then the effective address
// of each of its memory instructions in program order (exactly Block::mem_count words). All blocks are
// complete. The id that opens the next record, or `next_block` behind the last one, tells where the
// block went: its pc is the outcome of the terminal branch. records() below reads them.
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
  // kNoBlock: the thread ended, all blocks are dropped, or a system call comes that asks for the time first.
  std::uint32_t next_block = kNoBlock;
  std::uint32_t task = 0;  // number of the thread, dense from 0 in the order of their start
  // Retired since the batch before, also in blocks without a record here: one that a fault ended, or one that
  // a run's limit lies in, whose record comes when it is complete. The sum is at any time what has retired.
  std::uint64_t insts = 0;
};

// One executed block of a batch.
struct Record {
  const Block* block = nullptr;
  const std::uint64_t* addresses = nullptr;  // block->mem_count of them
  const Block* next = nullptr;               // where it went; null: nobody knows any more

  bool has_next() const { return next != nullptr; }
  std::uint64_t next_pc() const { return next == nullptr ? 0 : next->pc; }
};

// Reads a batch from front to back; it may be kept while it waits between two records.
class RecordReader {
 public:
  using value_type = Record;
  using difference_type = std::ptrdiff_t;

  RecordReader() = default;
  explicit RecordReader(const RetiredBatch& batch)
      : at_(batch.words.data()),
        end_(at_ + batch.words.size()),
        blocks_(batch.blocks.data()),
        last_(batch.next_block == kNoBlock ? nullptr : blocks_[batch.next_block]) {
    if (at_ == end_) return;
    record_.next = blocks_[*at_];
    read();
  }

  const Record& operator*() const { return record_; }
  const Record* operator->() const { return &record_; }
  RecordReader& operator++() {
    at_ = following_;
    if (at_ != end_) read();
    return *this;
  }
  void operator++(int) { ++*this; }
  bool operator==(std::default_sentinel_t /*end*/) const { return at_ == end_; }

 private:
  // The block here was looked up for the record before, and stays in a register.
  void read() {
    record_.block = record_.next;
    record_.addresses = at_ + 1;
    following_ = at_ + 1 + record_.block->mem_count;
    record_.next = following_ == end_ ? last_ : blocks_[*following_];
  }

  const std::uint64_t* at_ = nullptr;
  const std::uint64_t* end_ = nullptr;
  const std::uint64_t* following_ = nullptr;
  const Block* const* blocks_ = nullptr;
  const Block* last_ = nullptr;
  Record record_;
};

class Records {
 public:
  explicit Records(const RetiredBatch& batch) : first_(batch) {}
  const RecordReader& begin() const { return first_; }
  std::default_sentinel_t end() const { return {}; }

 private:
  RecordReader first_;
};

// for (const Record& record : records(batch)) ...
inline Records records(const RetiredBatch& batch) { return Records(batch); }

// What the run loop feeds. A sink with kLogs false is never called and costs nothing.
template <class T>
concept Sink = requires(T& sink, const RetiredBatch& batch) {
  { T::kLogs } -> std::convertible_to<bool>;
  sink.consume(batch);
  sink.blocks_cleared();  // ids start again at 0; nothing consumed later refers to older blocks
};

// A sink that tells how late it is after what it has consumed, in ticks of 1 / kInstsPerNanosecond ns since
// it was made: the guest's clocks follow it in place of the instructions.
template <class T>
concept TellsTime = Sink<T> && requires(const T& sink) {
  { sink.ticks() } -> std::same_as<std::uint64_t>;
};

struct NoSink {
  static constexpr bool kLogs = false;
  void consume(const RetiredBatch& /*batch*/) {}
  void blocks_cleared() {}
};

}  // namespace m2sim::emu
