// Retired logs without an emulator: words decoded into blocks, and the order in which they ran.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <vector>

#include "emu/block.h"
#include "emu/retired.h"
#include "insts/decode.h"
#include "insts/operands.h"
#include "timing/config/config.h"
#include "timing/stats.h"

namespace m2sim::timing {

// A64 words, as an assembler would make them.
namespace a64 {
constexpr std::uint32_t kZero = 31;
constexpr std::uint32_t nop() { return 0xD503201F; }
constexpr std::uint32_t add(std::uint32_t d, std::uint32_t n, std::uint32_t imm) {
  return 0x91000000U | imm << 10 | n << 5 | d;
}
constexpr std::uint32_t add_reg(std::uint32_t d, std::uint32_t n, std::uint32_t m) {
  return 0x8B000000U | m << 16 | n << 5 | d;
}
constexpr std::uint32_t add_lsl(std::uint32_t d, std::uint32_t n, std::uint32_t m, std::uint32_t amount) {
  return add_reg(d, n, m) | amount << 10;
}
constexpr std::uint32_t adds(std::uint32_t d, std::uint32_t n, std::uint32_t imm) {
  return 0xB1000000U | imm << 10 | n << 5 | d;
}
constexpr std::uint32_t cmp(std::uint32_t n, std::uint32_t m) { return 0xEB00001FU | m << 16 | n << 5; }
constexpr std::uint32_t csel(std::uint32_t d, std::uint32_t n, std::uint32_t m) {
  return 0x9A800000U | m << 16 | n << 5 | d;
}
constexpr std::uint32_t mov(std::uint32_t d, std::uint32_t m) { return 0xAA0003E0U | m << 16 | d; }
constexpr std::uint32_t mov_imm(std::uint32_t d, std::uint32_t imm) { return 0xD2800000U | imm << 5 | d; }
constexpr std::uint32_t madd(std::uint32_t d, std::uint32_t n, std::uint32_t m, std::uint32_t a) {
  return 0x9B000000U | m << 16 | a << 10 | n << 5 | d;
}
constexpr std::uint32_t mul(std::uint32_t d, std::uint32_t n, std::uint32_t m) {
  return madd(d, n, m, kZero);
}
constexpr std::uint32_t sdiv(std::uint32_t d, std::uint32_t n, std::uint32_t m) {
  return 0x9AC00C00U | m << 16 | n << 5 | d;
}
constexpr std::uint32_t ldr(std::uint32_t t, std::uint32_t n, std::uint32_t offset = 0) {
  return 0xF9400000U | (offset / 8) << 10 | n << 5 | t;
}
constexpr std::uint32_t str(std::uint32_t t, std::uint32_t n, std::uint32_t offset = 0) {
  return 0xF9000000U | (offset / 8) << 10 | n << 5 | t;
}
constexpr std::uint32_t ldp(std::uint32_t t, std::uint32_t u, std::uint32_t n) {
  return 0xA9400000U | u << 10 | n << 5 | t;
}
constexpr std::uint32_t ldr_post(std::uint32_t t, std::uint32_t n, std::uint32_t imm) {
  return 0xF8400400U | imm << 12 | n << 5 | t;
}
constexpr std::uint32_t b(std::int32_t offset) {
  return 0x14000000U | (static_cast<std::uint32_t>(offset / 4) & 0x03FFFFFFU);
}
constexpr std::uint32_t b_lt(std::int32_t offset) {
  return 0x5400000BU | (static_cast<std::uint32_t>(offset / 4) & 0x7FFFFU) << 5;
}
constexpr std::uint32_t cbnz(std::uint32_t t, std::int32_t offset) {
  return 0xB5000000U | (static_cast<std::uint32_t>(offset / 4) & 0x7FFFFU) << 5 | t;
}
constexpr std::uint32_t fadd(std::uint32_t d, std::uint32_t n, std::uint32_t m) {
  return 0x1E602800U | m << 16 | n << 5 | d;
}
}  // namespace a64

class SyntheticProgram {
 public:
  // A block at `pc` of an address space; its id.
  std::uint32_t block(std::uint64_t pc, const std::vector<std::uint32_t>& words, std::uint64_t space = 0) {
    auto insts = std::make_unique<std::vector<insts::Inst>>();
    std::uint16_t accesses = 0;
    for (const std::uint32_t word : words) {
      insts->push_back(insts::decode(word));
      if (insts::operands_of(insts->back()).memory.kind != insts::Access::kNone) ++accesses;
    }
    emu::Block block{};
    block.pc = pc;
    block.id = static_cast<std::uint32_t>(blocks_.size());
    block.inst_count = static_cast<std::uint16_t>(words.size());
    block.mem_count = accesses;
    block.inst_data = insts->data();
    block.space = space;
    insts_.push_back(std::move(insts));
    blocks_.push_back(block);
    return block.id;
  }

  void run(std::uint32_t id, std::initializer_list<std::uint64_t> addresses = {}) {
    run(id, std::vector<std::uint64_t>(addresses));
  }
  void run(std::uint32_t id, const std::vector<std::uint64_t>& addresses) {
    words_.push_back(id);
    words_.insert(words_.end(), addresses.begin(), addresses.end());
    starts_.push_back(words_.size());
  }

  // The whole log in batches of `records` blocks.
  template <class Sink>
  void feed(Sink& sink, std::size_t records = 1000) const {
    std::vector<const emu::Block*> pointers;
    for (const emu::Block& block : blocks_) pointers.push_back(&block);
    feed(sink, pointers, records);
    sink.finish();
  }

  template <class Sink>
  void feed(Sink& sink, const std::vector<const emu::Block*>& pointers, std::size_t records) const {
    const std::span<const std::uint64_t> words(words_);
    std::size_t begin = 0;
    for (std::size_t r = 0; r < starts_.size();) {
      r = std::min(r + records, starts_.size());
      const std::size_t end = starts_[r - 1];
      const bool last = r == starts_.size();
      emu::RetiredBatch batch{words.subspan(begin, end - begin), pointers,
                              last ? emu::kNoBlock : static_cast<std::uint32_t>(words_[end])};
      for (const emu::Record& record : emu::records(batch)) batch.insts += record.block->inst_count;
      sink.consume(batch);
      begin = end;
    }
  }

  std::vector<const emu::Block*> pointers() const {
    std::vector<const emu::Block*> result;
    for (const emu::Block& block : blocks_) result.push_back(&block);
    return result;
  }

 private:
  std::deque<emu::Block> blocks_;
  std::vector<std::unique_ptr<std::vector<insts::Inst>>> insts_;
  std::vector<std::uint64_t> words_;
  std::vector<std::size_t> starts_;  // where each record ends
};

// Cycles an iteration of a loop body in the steady state: the slope between two lengths.
template <class Model, class Build>
double cycles_per_iteration(const CoreConfig& config, Build&& build, std::uint64_t iterations = 2000) {
  const auto cycles = [&](std::uint64_t n) {
    SyntheticProgram program;
    build(program, n);
    Model model(config);
    program.feed(model);
    return static_cast<double>(model.stats().core.cycles);
  };
  return (cycles(2 * iterations) - cycles(iterations)) / static_cast<double>(iterations);
}

}  // namespace m2sim::timing
