// How much of its memory a process uses, and with whom: the numbers behind smaps, statm and status.
#pragma once

#include <cstdint>

#include "emu/linux/process.h"

namespace m2sim::emu {

// Bytes. A page is shared that a process it was forked from, or that was forked from it, has unchanged.
struct MemoryUse {
  std::uint64_t resident = 0;
  std::uint64_t proportional = 0;  // each page divided among those who share it
  std::uint64_t shared_clean = 0;
  std::uint64_t shared_dirty = 0;
  std::uint64_t private_clean = 0;
  std::uint64_t private_dirty = 0;
  std::uint64_t anonymous = 0;
  std::uint64_t locked = 0;

  void add(const MemoryUse& other);
};

// Of one region of it.
MemoryUse use_of(const Process& process, const Region& region);
// The resident bytes alone, which costs less.
std::uint64_t resident_of(const Process& process, const Region& region);

}  // namespace m2sim::emu
