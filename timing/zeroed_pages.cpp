#include "timing/zeroed_pages.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <new>

namespace m2sim::timing {
namespace {

thread_local KeptPages::Use* pages_in_use = nullptr;

constexpr std::size_t kPage = 4096;
// Of what /proc/self/pagemap says of a page: that it is in memory, or was and is on a disk.
constexpr std::uint64_t kTouched = std::uint64_t{3} << 62;

// Makes zeros of what was touched, by the host's list of pages.
void clear(void* pages, std::size_t bytes, int page_map) {
  std::array<std::uint64_t, 512> map;
  auto* const begin = static_cast<std::byte*>(pages);
  for (std::size_t from = 0; from < bytes; from += map.size() * kPage) {
    const std::size_t some = std::min(bytes - from, map.size() * kPage);
    const std::size_t size = (some + kPage - 1) / kPage * sizeof(map[0]);
    const auto at = reinterpret_cast<std::uintptr_t>(begin + from) / kPage * sizeof(map[0]);
    if (::pread(page_map, map.data(), size, static_cast<off_t>(at)) != static_cast<ssize_t>(size)) {
      // Zeros in any case, though by what this is to spare.
      if (::madvise(begin + from, some, MADV_DONTNEED) != 0) std::memset(begin + from, 0, some);
      continue;
    }
    for (std::size_t page = 0; page * kPage < some; ++page) {
      if ((map[page] & kTouched) != 0)
        std::memset(begin + from + page * kPage, 0, std::min(kPage, some - page * kPage));
    }
  }
}

}  // namespace

void* zeroed_pages(std::size_t bytes) {
  if (pages_in_use != nullptr) {
    if (void* const pages = pages_in_use->take(bytes)) return pages;
  }
  void* const pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  return pages;
}

void give_back_pages(void* pages, std::size_t bytes) noexcept {
  if (pages_in_use == nullptr || !pages_in_use->keep(pages, bytes)) ::munmap(pages, bytes);
}

KeptPages::~KeptPages() {
  for (const Piece& piece : pieces_) ::munmap(piece.pages, piece.bytes);
}

KeptPages::Use::Use(KeptPages& kept)
    : kept_(kept),
      page_map_(::sysconf(_SC_PAGESIZE) == kPage ? ::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC) : -1) {
  pages_in_use = this;
}

KeptPages::Use::~Use() {
  pages_in_use = nullptr;
  if (page_map_ >= 0) ::close(page_map_);
}

// What was given back last of that size: members go in the opposite order in which they come, so that each
// has again what it had.
void* KeptPages::Use::take(std::size_t bytes) {
  std::vector<Piece>& pieces = kept_.pieces_;
  const auto found =
      std::find_if(pieces.rbegin(), pieces.rend(), [&](const Piece& piece) { return piece.bytes == bytes; });
  if (found == pieces.rend()) return nullptr;
  void* const pages = found->pages;
  pieces.erase(std::next(found).base());
  clear(pages, bytes, page_map_);
  return pages;
}

bool KeptPages::Use::keep(void* pages, std::size_t bytes) noexcept {
  try {
    kept_.pieces_.push_back({pages, bytes});
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

}  // namespace m2sim::timing
