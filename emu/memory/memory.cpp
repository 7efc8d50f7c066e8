#include "emu/memory/memory.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <system_error>
#include <utility>

#include "emu/memory/file_object.h"

namespace m2sim::emu {

namespace {

// 2^46 is half of what x86-64 gives a process and leaves room for a sanitizer's shadow in most cases;
// the smaller ones are for valgrind and for limits on address space.
constexpr std::array<unsigned, 7> kSizesLog2 = {46, 44, 42, 40, 39, 36, 34};

// Of one beside others, by how many there are: a shell with a hundred programs in the background needs room
// for each of them, so only the first ones get more than a program's layout takes.
constexpr unsigned kLayoutLog2 = 39;
unsigned most_beside(unsigned others) {
  if (others == 0) return kSizesLog2.front();
  return others < 3 ? 42 : others < 11 ? 40 : kLayoutLog2;
}

std::atomic<unsigned> alive = 0;  // machines may run in threads of their own

// Linux never hands out the lowest pages, so that a null pointer with an offset faults.
constexpr std::uint64_t kLowestFree = 0x10000;

// From here on the host's huge pages pay for large arrays of the guest.
constexpr std::uint64_t kHugePage = std::uint64_t{2} << 20;

}  // namespace

// Executable pages are read by the decoder only; x86-64 has no write without read.
int Memory::host_protection(std::uint8_t protection) {
  int host = PROT_NONE;
  if (protection != kProtNone) host |= PROT_READ;
  if ((protection & kProtWrite) != 0) host |= PROT_WRITE;
  return host;
}

void Memory::reserve(unsigned log2_least, unsigned log2_most) {
  for (const unsigned log2 : kSizesLog2) {
    if (log2 > log2_most) continue;
    if (log2 < log2_least) break;
    const std::uint64_t size = std::uint64_t{1} << log2;
    void* start =
        ::mmap(nullptr, size + kMemoryGuard, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) continue;
    base_ = static_cast<std::byte*>(start);
    limit_ = size;
    search_top_ = size;
    ++alive;
    return;
  }
  throw std::system_error(errno, std::generic_category(), "cannot reserve address space for the guest");
}

Memory::Memory() : granularity_(static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))) {
  open_own_pages();
  reserve(kSizesLog2.back(), most_beside(alive));
}

Memory::Memory(std::uint64_t limit, std::uint64_t top)
    : granularity_(static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))) {
  open_own_pages();
  const auto log2_of = [](std::uint64_t size) { return static_cast<unsigned>(std::bit_width(size - 1)); };
  const unsigned most = std::clamp(log2_of(limit), kSizesLog2.back(), kSizesLog2.front());
  reserve(std::clamp(log2_of(top), kSizesLog2.back(), most), most);
}

Memory::Memory(const Memory& parent, Copy /*tag*/) : granularity_(parent.granularity_) {
  const std::uint64_t top = parent.regions_.empty() ? 0 : parent.regions_.back().end;
  const auto needed = static_cast<unsigned>(std::bit_width(top - 1));
  const unsigned least = std::max(needed, kSizesLog2.back());
  reserve(least, std::max(least <= kLayoutLog2 ? kLayoutLog2 : least + 1, most_beside(alive)));
  search_top_ = std::min(parent.search_top_, limit_);
  try {
    for (const Region& region : parent.regions_) copy_region(parent, region);
  } catch (...) {
    ::munmap(base_, limit_ + kMemoryGuard);
    --alive;
    throw;
  }
}

Memory::~Memory() {
  ::munmap(base_, limit_ + kMemoryGuard);
  --alive;
}

bool Memory::valid_range(std::uint64_t address, std::uint64_t length) const {
  return length != 0 && (address | length) % granularity_ == 0 && address < limit_ &&
         length <= limit_ - address;
}

bool Memory::map(std::uint64_t address, std::uint64_t length, std::uint8_t protection, std::string name) {
  if (!valid_range(address, length)) return false;
  void* result = ::mmap(base_ + address, length, host_protection(protection),
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  if (result == MAP_FAILED) return false;
  // Only a hint; a host without huge pages says no.
  if (length >= kHugePage) ::madvise(result, length, MADV_HUGEPAGE);
  forget(address, address + length);
  remember({address, address + length, protection, std::move(name)});
  return true;
}

// No inode, so a number of its own; those of memory and of files cannot be confused. Behind `taken`, which
// somebody else has given out.
std::uint64_t Memory::own_object(std::uint64_t taken) {
  static std::uint64_t next_object = kFirstOwnObject;
  if (taken >= next_object) next_object = taken + 1;
  return taken == 0 ? next_object++ : taken;
}

bool Memory::map_shared(std::uint64_t address, std::uint64_t length, std::uint8_t protection,
                        std::string name) {
  if (!valid_range(address, length)) return false;
  void* result = ::mmap(base_ + address, length, host_protection(protection),
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  if (result == MAP_FAILED) return false;
  forget(address, address + length);
  Region region{address, address + length, protection, std::move(name), false, true};
  region.object = own_object();
  remember(std::move(region));
  return true;
}

bool Memory::map_file(std::uint64_t address, std::uint64_t length, std::uint8_t protection, std::string name,
                      const FileBacking& backing) {
  if (!valid_range(address, length)) return false;
  const int flags = MAP_FIXED | MAP_NORESERVE | (backing.shared ? MAP_SHARED : MAP_PRIVATE);
  void* result = ::mmap(base_ + address, length, host_protection(protection), flags, backing.fd,
                        static_cast<off_t>(backing.offset));
  if (result == MAP_FAILED) {
    // The host drops the old pages before it finds out: make that what the guest sees.
    const int reason = errno;
    if (reason == ENOMEM) unmap(address, length);
    errno = reason;
    return false;
  }
  forget(address, address + length);
  Region region{address, address + length, protection, std::move(name), true, backing.shared};
  struct stat status {};
  if (::fstat(backing.fd, &status) == 0) region.object = file_object(status);
  region.offset = backing.offset;
  region.backing = held(region.object, backing.fd);
  // Private ones at once: glibc's loader clears the rest of such a page for .bss.
  if (!backing.shared) fill(region, tail_of(region, granularity_));
  remember(std::move(region));
  return true;
}

// The hold that another mapping of it has, or a new one.
std::shared_ptr<const MappedFile> Memory::held(std::uint64_t object, int fd) const {
  for (const Region& region : regions_) {
    if (region.object == object && region.backing != nullptr) return region.backing;
  }
  return std::make_shared<const MappedFile>(fd);
}

bool Memory::hide(std::uint64_t address, std::uint64_t length) {
  return ::mmap(base_ + address, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
                -1, 0) != MAP_FAILED;
}

bool Memory::unmap(std::uint64_t address, std::uint64_t length) {
  if (!valid_range(address, length)) return false;
  if (is_free(address, length)) return true;
  if (!hide(address, length)) return false;
  forget(address, address + length);
  return true;
}

template <class Change>
void Memory::change(std::uint64_t begin, std::uint64_t end, const Change& change) {
  split_at(begin);
  split_at(end);
  std::vector<Region> changed;
  for (auto it = first_ending_after(begin); it != regions_.end() && it->begin < end; ++it) {
    changed.push_back(*it);
  }
  const std::vector<Tail> tails = tails_;  // stay as they are
  forget(begin, end);
  tails_ = tails;
  for (Region& region : changed) {
    change(region);
    region.decoded = false;
    remember(std::move(region));
  }
}

bool Memory::protect(std::uint64_t address, std::uint64_t length, std::uint8_t protection) {
  if (!valid_range(address, length)) return false;
  const std::uint64_t end = address + length;
  if (!covered(address, end)) return false;
  if (::mprotect(base_ + address, length, host_protection(protection)) != 0) return false;
  change(address, end, [protection](Region& region) { region.protection = protection; });
  return true;
}

bool Memory::set_at_fork(std::uint64_t address, std::uint64_t length, AtFork what) {
  if (!valid_range(address, length) || !covered(address, address + length)) return false;
  change(address, address + length, [what](Region& region) { region.at_fork = what; });
  return true;
}

bool Memory::set_locked(std::uint64_t address, std::uint64_t length, bool locked) {
  if (!valid_range(address, length) || !covered(address, address + length)) return false;
  change(address, address + length, [locked](Region& region) { region.locked = locked; });
  return true;
}

bool Memory::duplicate(std::uint64_t from, std::uint64_t to, std::uint64_t length) {
  if (!valid_range(from, length) || !valid_range(to, length)) return false;
  const Region* found = region_at(from);
  if (found == nullptr || !found->shared || found->end - from < length) return false;
  Region copy = *found;
  // Moving nothing of a shared mapping elsewhere makes a second view of it.
  void* result = ::mremap(base_ + from, 0, length, MREMAP_MAYMOVE | MREMAP_FIXED, base_ + to);
  if (result == MAP_FAILED) return false;
  forget(to, to + length);
  copy.offset += from - copy.begin;
  copy.begin = to;
  copy.end = to + length;
  copy.decoded = false;
  remember(std::move(copy));
  return true;
}

bool Memory::move(std::uint64_t from, std::uint64_t from_length, std::uint64_t to, std::uint64_t to_length) {
  if (!valid_range(from, from_length) || !valid_range(to, to_length)) return false;
  if (from < to + to_length && to < from + from_length) return false;
  const Region* found = region_at(from);
  if (found == nullptr || found->end < from + from_length) return false;
  const Region region = *found;
  void* result = ::mremap(base_ + from, from_length, to_length, MREMAP_MAYMOVE | MREMAP_FIXED, base_ + to);
  if (result == MAP_FAILED) return false;
  hide(from, from_length);
  forget(from, from + from_length);
  forget(to, to + to_length);
  Region moved{to, to + to_length, region.protection, region.name, region.file, region.shared};
  moved.object = region.object;
  moved.offset = region.offset + (from - region.begin);
  moved.backing = region.backing;
  moved.at_fork = region.at_fork;
  moved.locked = region.locked;
  remember(std::move(moved));
  return true;
}

bool Memory::discard(std::uint64_t address, std::uint64_t length) {
  if (!valid_range(address, length) || !covered(address, address + length)) return false;
  if (::madvise(base_ + address, length, MADV_DONTNEED) != 0) return false;
  for (auto it = first_ending_after(address); it != regions_.end() && it->begin < address + length; ++it) {
    if (it->decoded) code_changed(std::max(it->begin, address), std::min(it->end, address + length));
  }
  return true;
}

std::optional<std::uint64_t> Memory::find_free(std::uint64_t length) const {
  if (length == 0 || length > limit_) return std::nullopt;
  length = (length + kGuestPage - 1) / kGuestPage * kGuestPage;
  // What is too large for the usual place goes above the stack, which ends at a power of two; as low as it
  // can, so that fork finds room for a copy.
  const std::optional<std::uint64_t> usual = find_free_below(search_top_, length);
  return usual ? usual : find_free_above(std::bit_ceil(search_top_), length);
}

std::optional<std::uint64_t> Memory::find_free_above(std::uint64_t bottom, std::uint64_t length) const {
  const auto up = [](std::uint64_t address) { return (address + kGuestPage - 1) / kGuestPage * kGuestPage; };
  std::uint64_t at = up(bottom);
  for (auto it = first_ending_after(at); it != regions_.end(); ++it) {
    if (it->begin >= at && it->begin - at >= length) break;
    at = up(it->end);
  }
  if (at > limit_ || limit_ - at < length) return std::nullopt;
  return at;
}

std::optional<std::uint64_t> Memory::find_free_below(std::uint64_t top, std::uint64_t length) const {
  const auto down = [](std::uint64_t address) { return address / kGuestPage * kGuestPage; };
  top = down(top);
  for (auto it = regions_.rbegin(); it != regions_.rend(); ++it) {
    if (it->begin >= top) continue;
    if (it->end <= top && top - it->end >= length) break;
    top = down(it->begin);
  }
  if (top < kLowestFree + length) return std::nullopt;
  return top - length;
}

std::uint64_t Memory::mapped(std::uint64_t address, std::uint64_t length) const {
  const std::uint64_t end = address + length;
  std::uint64_t bytes = 0;
  for (auto it = first_ending_after(address); it != regions_.end() && it->begin < end; ++it) {
    bytes += std::min(it->end, end) - std::max(it->begin, address);
  }
  return bytes;
}

bool Memory::is_free(std::uint64_t address, std::uint64_t length) const {
  const auto it = first_ending_after(address);
  return it == regions_.end() || (it->begin > address && it->begin - address >= length);
}

}  // namespace m2sim::emu
