// Memory that is reserved once and handed out in order: what is not used is never touched.
#pragma once

#include <cstddef>

namespace m2sim::emu {

// Maps private memory, if the host has room, where a displacement of 32 bits from `near` reaches all of it:
// code there and here can address each other so. MAP_FAILED as mmap. Elsewhere if there is no room.
void* map_near(std::size_t bytes, int protection, const void* near);

class Arena {
 public:
  // Throws std::system_error when the address space is exhausted. near: an address that it shall be close to.
  explicit Arena(std::size_t bytes, const void* near = nullptr);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // 16-byte aligned; null when full.
  std::byte* take(std::size_t bytes) {
    const std::size_t rounded = (bytes + 15) / 16 * 16;
    if (rounded > size_ - used_) return nullptr;
    std::byte* result = base_ + used_;
    used_ += rounded;
    return result;
  }
  void clear() { used_ = 0; }
  std::size_t used() const { return used_; }
  bool contains(const void* p) const { return p >= base_ && p < base_ + used_; }

 private:
  std::byte* base_;
  std::size_t size_;
  std::size_t used_ = 0;
};

}  // namespace m2sim::emu
