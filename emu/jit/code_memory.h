// Memory for machine code, near the simulator's own code, so that jumps between the two are short ones.
#pragma once

#include <cstddef>
#include <span>

namespace m2sim::emu {

class CodeMemory {
 public:
  // Empty where the host gives no memory that is written and executed.
  CodeMemory(std::size_t bytes, const void* near);
  ~CodeMemory();
  CodeMemory(const CodeMemory&) = delete;
  CodeMemory& operator=(const CodeMemory&) = delete;

  std::span<std::byte> room() const { return {base_ + used_, size_ - used_}; }
  // The first bytes of room() are code now; the next begins on a multiple of 16.
  void take(std::size_t bytes) { used_ = (used_ + bytes + 15) / 16 * 16; }
  void clear() { used_ = 0; }
  std::size_t used() const { return used_; }
  const std::byte* base() const { return base_; }

 private:
  std::byte* base_ = nullptr;
  std::size_t size_ = 0;
  std::size_t used_ = 0;
};

}  // namespace m2sim::emu
