// What memory holds, for a copy of it in another process, and the copy.
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "emu/memory/file_object.h"
#include "emu/memory/memory.h"

namespace m2sim::emu {

namespace {

using Page = std::array<std::byte, kGuestPage>;

constexpr std::uint64_t kHugePage = std::uint64_t{2} << 20U;

// Behind the file's end it is zeros.
void read_file(const MappedFile& file, std::uint64_t offset, std::byte* to, std::uint64_t length) {
  std::uint64_t done = 0;
  while (done < length) {
    const ssize_t here = ::pread(file.fd(), to + done, length - done, static_cast<off_t>(offset + done));
    if (here <= 0) break;
    done += static_cast<std::uint64_t>(here);
  }
  std::memset(to + done, 0, length - done);
}

}  // namespace

std::vector<PageRange> Memory::contents(const Region& region, SharedPages& known) const {
  std::vector<PageRange> ranges;
  const bool of_file = region.file && region.backing != nullptr;
  if (of_file && region.shared) return ranges;
  if (!region.file && !region.shared) {
    for (const std::uint64_t page : used_pages(region))
      ranges.push_back({page, std::min(kGuestPage, region.end - page)});
    return ranges;
  }
  Page here{};
  Page there{};
  // Private pages of a file may end anywhere in a guest's page.
  const std::uint64_t step = of_file ? granularity_ : kGuestPage;
  for (std::uint64_t at = region.begin; at < region.end; at += step) {
    const std::uint64_t length = std::min(step, region.end - at);
    if (!read_any(at, here.data(), length)) continue;  // the file has ended
    const std::uint64_t offset = region.offset + (at - region.begin);
    if (of_file) {
      read_file(*region.backing, offset, there.data(), length);
    } else if (!known.insert({region.object, offset}).second) {
      continue;
    }
    if (std::memcmp(here.data(), there.data(), length) != 0) ranges.push_back({at, length});
  }
  return ranges;
}

bool Memory::put_back(const Region& region, int fd) {
  const std::uint64_t length = region.end - region.begin;
  if (region.begin >= region.end || !valid_range(region.begin, length) || !is_free(region.begin, length))
    return false;
  const int sharing = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : region.shared ? MAP_SHARED : MAP_PRIVATE;
  const std::uint64_t offset = fd < 0 ? 0 : region.offset;
  void* const result = ::mmap(base_ + region.begin, length, host_protection(region.protection),
                              sharing | MAP_NORESERVE | MAP_FIXED, fd, static_cast<off_t>(offset));
  if (result == MAP_FAILED) return false;
  if (fd < 0 && length >= kHugePage) ::madvise(result, length, MADV_HUGEPAGE);
  Region copy = region;
  copy.decoded = false;
  copy.backing.reset();
  if (region.file) {
    struct stat status {};
    if (::fstat(fd, &status) == 0) copy.object = file_object(status);
    copy.backing = held(copy.object, fd);
    if (!region.shared) fill(copy, tail_of(copy, granularity_));
  } else if (copy.object >= kFirstOwnObject) {
    own_object(copy.object);
  }
  const auto place = first_ending_after(copy.begin);
  regions_.insert(place, std::move(copy));
  return true;
}

}  // namespace m2sim::emu
