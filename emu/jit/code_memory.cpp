#include "emu/jit/code_memory.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>

#include "emu/memory/arena.h"

namespace m2sim::emu {

CodeMemory::CodeMemory(std::size_t bytes, const void* near) {
  void* const p = map_near(bytes, PROT_READ | PROT_WRITE | PROT_EXEC, near);
  if (p == MAP_FAILED) return;
  constexpr std::intptr_t kReach = std::intptr_t{7} << 28U;
  const std::intptr_t distance = reinterpret_cast<std::intptr_t>(p) - reinterpret_cast<std::intptr_t>(near);
  if (std::abs(distance) > kReach) {
    munmap(p, bytes);
    return;
  }
  base_ = static_cast<std::byte*>(p);
  size_ = bytes;
}

CodeMemory::~CodeMemory() {
  if (base_ != nullptr) munmap(base_, size_);
}

}  // namespace m2sim::emu
