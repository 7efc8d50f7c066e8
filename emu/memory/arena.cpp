#include "emu/memory/arena.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace m2sim::emu {

void* map_near(std::size_t bytes, int protection, const void* near) {
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  // Behind the simulator and its heap, and in what a displacement reaches.
  constexpr std::uintptr_t kStep = std::uintptr_t{64} << 20U;
  constexpr std::uintptr_t kFirst = 4 * kStep;
  constexpr std::uintptr_t kLast = 30 * kStep;
  const std::uintptr_t around = reinterpret_cast<std::uintptr_t>(near) / kStep * kStep;
  for (std::uintptr_t distance = kFirst; distance + bytes <= kLast; distance += kStep) {
    // A wish: the host takes another place when that one is taken.
    void* const wish = reinterpret_cast<void*>(around + distance);  // NOLINT(performance-no-int-to-ptr)
    void* const p = mmap(wish, bytes, protection, kFlags, -1, 0);
    if (p == MAP_FAILED || p == wish) return p;
    munmap(p, bytes);
  }
  return mmap(nullptr, bytes, protection, kFlags, -1, 0);
}

Arena::Arena(std::size_t bytes, const void* near) : size_(bytes) {
  constexpr int kAccess = PROT_READ | PROT_WRITE;
  void* p = near != nullptr
                ? map_near(bytes, kAccess, near)
                : mmap(nullptr, bytes, kAccess, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "cannot reserve decode cache");
  base_ = static_cast<std::byte*>(p);
}

Arena::~Arena() { munmap(base_, size_); }

}  // namespace m2sim::emu
