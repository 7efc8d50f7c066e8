// Where a run is between two instructions, as far as the guest's kernel does not know it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace m2sim::emu {

struct EmulatorStats {
  std::uint64_t insts = 0;  // retired
  std::uint64_t blocks_decoded = 0;
  std::uint64_t insts_decoded = 0;
  std::chrono::nanoseconds decode_time{};  // host time that decoding blocks took
  std::uint64_t block_lookups = 0;  // transitions that came back to the run loop; not to make machine code
  std::array<std::uint64_t, 16> exits{};  // the same by their reason, an Exit
  std::uint64_t block_finds = 0;          // searches in the block cache's table
  std::uint64_t blocks_compiled = 0;      // to machine code
  std::uint64_t blocks_dropped = 0;       // because their code changed
  std::uint64_t cache_clears = 0;
  std::uint64_t system_calls = 0;
};

// What another emulator needs to go on as this one would have.
struct RunPoint {
  EmulatorStats stats;
  std::uint64_t ticks = 0;          // RunClock::now()
  std::uint32_t task = 0;           // who ran last
  bool goes_on = false;             // and runs next, unless something else is due
  bool same_space = false;          // and has the memory that it had: its exclusive monitor may hold
  std::uint32_t left_of_block = 0;  // instructions of a block that has begun; 0: between two
  template <class Archive>
  void fields(Archive& archive) {
    archive(stats.insts, stats.blocks_decoded, stats.insts_decoded, stats.block_lookups, stats.exits,
            stats.block_finds, stats.blocks_compiled, stats.blocks_dropped, stats.cache_clears,
            stats.system_calls, ticks, task, goes_on, same_space, left_of_block);
  }
};

}  // namespace m2sim::emu
