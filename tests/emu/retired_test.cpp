// How a batch of the log is read.
#include "emu/retired.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

namespace m2sim::emu {
namespace {

struct Log {
  std::array<Block, 3> blocks{};
  std::vector<const Block*> pointers;

  // Block i begins at 0x1000 * (i + 1) and has i memory instructions.
  Log() {
    for (std::uint32_t i = 0; i < blocks.size(); ++i) {
      blocks[i] = {0x1000 * (i + std::uint64_t{1}), i, 4, static_cast<std::uint16_t>(i), nullptr, 0};
      pointers.push_back(&blocks[i]);
    }
  }
};

TEST(Records, AnEmptyBatchHasNone) {
  const Log log;
  for (const std::uint32_t next : {kNoBlock, 1U}) {
    const RetiredBatch batch{{}, log.pointers, next};
    EXPECT_TRUE(records(batch).begin() == records(batch).end());
  }
  EXPECT_TRUE(RecordReader() == std::default_sentinel);
}

TEST(Records, EachHasItsAddressesAndWhereItWent) {
  const Log log;
  const std::vector<std::uint64_t> words{2, 0x10, 0x20, 0, 1, 0x30, 1, 0x40};
  for (const std::uint32_t next : {kNoBlock, 2U}) {
    std::vector<std::uint64_t> pcs;
    std::vector<std::uint64_t> addresses;
    std::vector<std::uint64_t> targets;
    bool known = true;
    for (const Record& record : records({words, log.pointers, next})) {
      EXPECT_TRUE(known) << "only the last one may lead nowhere";
      pcs.push_back(record.block->pc);
      addresses.insert(addresses.end(), record.addresses, record.addresses + record.block->mem_count);
      targets.push_back(record.next_pc());
      known = record.has_next();
    }
    EXPECT_EQ(pcs, (std::vector<std::uint64_t>{0x3000, 0x1000, 0x2000, 0x2000}));
    EXPECT_EQ(addresses, (std::vector<std::uint64_t>{0x10, 0x20, 0x30, 0x40}));
    EXPECT_EQ(targets, (std::vector<std::uint64_t>{0x1000, 0x2000, 0x2000, next == kNoBlock ? 0U : 0x3000U}));
    EXPECT_EQ(known, next != kNoBlock);
  }
}

// A model may have to stop between two records and go on later.
TEST(Records, AReaderCanWait) {
  const Log log;
  const std::vector<std::uint64_t> words{1, 0x10, 0};
  RecordReader reader;
  {
    const RetiredBatch batch{words, log.pointers, 1};
    reader = RecordReader(batch);
  }
  EXPECT_EQ(reader->block, &log.blocks[1]);
  ++reader;
  EXPECT_EQ(reader->block, &log.blocks[0]);
  EXPECT_EQ(reader->next, &log.blocks[1]);
  ++reader;
  EXPECT_TRUE(reader == std::default_sentinel);
}

}  // namespace
}  // namespace m2sim::emu
