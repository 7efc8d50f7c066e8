// What is in a guest's pages, and a copy of them for fork. The two lie in one host process, so the host's
// copy-on-write cannot serve both: pages that hold something are copied, the rest stays untouched.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "emu/memory/memory.h"

namespace m2sim::emu {

namespace {

// The host's own view of its pages. It reads what is protected against everybody, and says where a mapped
// file has ended instead of faulting.
class OwnPages {
 public:
  OwnPages()
      : process_(::getpid()),
        memory_(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC)),
        map_(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)) {}
  ~OwnPages() {
    if (memory_ >= 0) ::close(memory_);
    if (map_ >= 0) ::close(map_);
  }
  OwnPages(const OwnPages&) = delete;
  OwnPages& operator=(const OwnPages&) = delete;

  // Whoever the host's thread acts as by now: the files were opened before, in this process.
  static const OwnPages& get() {
    thread_local std::unique_ptr<const OwnPages> pages;
    if (pages == nullptr || pages->process_ != ::getpid()) pages = std::make_unique<const OwnPages>();
    return *pages;
  }

  // Bytes copied; short where there is nothing to read.
  std::size_t copy(void* to, const std::byte* from, std::size_t length) const {
    std::size_t done = 0;
    while (done < length) {
      const ssize_t here = ::pread(memory_, static_cast<std::byte*>(to) + done, length - done,
                                   static_cast<off_t>(reinterpret_cast<std::uintptr_t>(from + done)));
      if (here <= 0) break;
      done += static_cast<std::size_t>(here);
    }
    return done;
  }

  // Whether pages that nothing was ever written to can be told from others.
  bool knows_used() const { return map_ >= 0; }
  // A bit a page: it is in memory or in swap.
  template <std::size_t kCount>
  bool used(const std::byte* from, std::size_t page_size, std::array<std::uint64_t, kCount>& entries,
            std::size_t count) const {
    const auto at = reinterpret_cast<std::uintptr_t>(from) / page_size * sizeof(std::uint64_t);
    const auto bytes = static_cast<ssize_t>(count * sizeof(std::uint64_t));
    return ::pread(map_, entries.data(), count * sizeof(std::uint64_t), static_cast<off_t>(at)) == bytes;
  }

 private:
  pid_t process_;
  int memory_;
  int map_;
};

constexpr std::size_t kPages = 512;  // looked at together
constexpr std::uint64_t kSwapped = std::uint64_t{1} << 62U;
constexpr std::uint64_t kPresentOrSwapped = std::uint64_t{3} << 62U;
constexpr std::uint64_t kExclusive = std::uint64_t{1} << 56U;  // which the shared page of zeros is not
constexpr std::uint64_t kHugePage = std::uint64_t{2} << 20U;

// Somebody has written to it; who has only read sees the page of zeros.
bool is_written(std::uint64_t entry) {
  return (entry & kSwapped) != 0 || ((entry & kPresentOrSwapped) != 0 && (entry & kExclusive) != 0);
}

}  // namespace

void Memory::open_own_pages() { OwnPages::get(); }

bool Memory::read_any(std::uint64_t address, void* to, std::uint64_t length) const {
  if (!allows(address, length, kProtNone)) return false;
  return OwnPages::get().copy(to, base_ + address, length) == length;
}

std::vector<std::uint64_t> Memory::used_pages(const Region& region) const {
  std::vector<std::uint64_t> used;
  const OwnPages& pages = OwnPages::get();
  std::array<std::uint64_t, kPages> entries{};
  std::array<std::byte, kGuestPage> content{};
  constexpr std::array<std::byte, kGuestPage> kZeros{};
  const std::uint64_t per_page = kGuestPage / granularity_;
  for (std::uint64_t at = region.begin; at < region.end; at += kPages * granularity_) {
    const std::size_t count = std::min<std::uint64_t>(kPages, (region.end - at) / granularity_);
    const bool known = pages.knows_used() && pages.used(base_ + at, granularity_, entries, count);
    for (std::size_t i = 0; i < count; i += per_page) {
      const std::size_t end = std::min<std::size_t>(count, i + per_page);
      if (known && std::none_of(entries.begin() + i, entries.begin() + end, is_written)) continue;
      // Where the host may have laid a huge page, what is in it tells; it differs from host to host.
      if (known && region.end - region.begin < kHugePage) {
        used.push_back(at + i * granularity_);
        continue;
      }
      const std::uint64_t page = at + i * granularity_;
      const std::size_t length = (end - i) * granularity_;
      const bool readable = (region.protection & kProtRead) != 0;
      if (!readable && pages.copy(content.data(), base_ + page, length) != length) continue;
      const std::byte* bytes = readable ? base_ + page : content.data();
      if (std::memcmp(bytes, kZeros.data(), length) != 0) used.push_back(page);
    }
  }
  return used;
}

bool Memory::same_page(const Memory& other, std::uint64_t page) const {
  const Region* region = region_at(page);
  const std::uint64_t length = region == nullptr ? 0 : std::min(kGuestPage, region->end - page);
  std::array<std::byte, kGuestPage> ours{};
  std::array<std::byte, kGuestPage> theirs{};
  return read_any(page, ours.data(), length) && other.read_any(page, theirs.data(), length) && ours == theirs;
}

void Memory::copy_region(const Memory& parent, const Region& region) {
  if (region.at_fork == AtFork::kNothing) return;
  const std::uint64_t length = region.end - region.begin;
  std::byte* from = parent.base_ + region.begin;
  std::byte* to = base_ + region.begin;
  Region copy = region;
  copy.decoded = copy.locked = false;
  if (region.shared) {
    // Moving nothing of a shared mapping elsewhere makes a second view of it.
    if (::mremap(from, 0, length, MREMAP_MAYMOVE | MREMAP_FIXED, to) == MAP_FAILED) {
      throw std::system_error(errno, std::generic_category(), "cannot share memory with a child");
    }
    regions_.push_back(std::move(copy));
    return;
  }
  copy.file = false;
  if (!map(region.begin, length, kProtRead | kProtWrite, region.name)) {
    throw std::system_error(errno, std::generic_category(), "cannot copy memory for a child");
  }
  const OwnPages& pages = OwnPages::get();
  std::array<std::uint64_t, kPages> entries{};
  const std::uint64_t copied = region.at_fork == AtFork::kZeros ? 0 : length;
  for (std::uint64_t at = 0; at < copied; at += kPages * granularity_) {
    const std::size_t count = std::min<std::uint64_t>(kPages, (length - at) / granularity_);
    const bool known =
        !region.file && pages.knows_used() && pages.used(from + at, granularity_, entries, count);
    for (std::size_t i = 0; i < count; ++i) {
      if (known && (entries[i] & kPresentOrSwapped) == 0) continue;
      const std::uint64_t place = at + i * granularity_;
      if (pages.copy(to + place, from + place, granularity_) == granularity_) continue;
      const bool readable = !region.file && (region.protection & kProtRead) != 0;
      if (readable) std::memcpy(to + place, from + place, granularity_);
    }
  }
  protect(region.begin, length, region.protection);
  const auto last = regions_.end() - 1;
  last->object = region.object;
  last->offset = region.offset;
  last->at_fork = region.at_fork;
}

}  // namespace m2sim::emu
