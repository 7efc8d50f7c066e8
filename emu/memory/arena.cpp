#include "emu/memory/arena.h"

#include <sys/mman.h>

#include <cerrno>
#include <system_error>

namespace m2sim::emu {

Arena::Arena(std::size_t bytes) : size_(bytes) {
  void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "cannot reserve decode cache");
  base_ = static_cast<std::byte*>(p);
}

Arena::~Arena() { munmap(base_, size_); }

}  // namespace m2sim::emu
