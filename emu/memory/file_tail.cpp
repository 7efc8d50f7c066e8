// The part of a mapped file's last guest page that the host does not have.
#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "emu/memory/file_object.h"
#include "emu/memory/memory.h"

namespace m2sim::emu {

namespace {

std::uint64_t up(std::uint64_t bytes, std::uint64_t page) { return (bytes + page - 1) / page * page; }

bool is_zero(const std::byte* bytes, std::uint64_t length) {
  return std::all_of(bytes, bytes + length, [](std::byte byte) { return byte == std::byte{0}; });
}

}  // namespace

Memory::Tail Memory::tail_of(const Region& region, std::uint64_t granularity) {
  const std::uint64_t size = region.backing == nullptr ? 0 : region.backing->size();
  if (size <= region.offset) return {0, 0, 0};
  const std::uint64_t left = size - region.offset;
  const std::uint64_t begin = region.begin + up(left, granularity);
  return {begin, std::min(region.end, region.begin + up(left, kGuestPage)), region.object};
}

bool Memory::fill(const Region& region, const Tail& tail) const {
  if (tail.begin >= tail.end) return false;
  void* result = ::mmap(base_ + tail.begin, tail.end - tail.begin, host_protection(region.protection),
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  // Where the host refuses, the pages stay the file's, and touching them is SIGBUS.
  if (result == MAP_FAILED) return false;
  tails_.push_back(tail);
  return true;
}

bool Memory::fill_tail(std::uint64_t address) const {
  const Region* region = region_at(address);
  if (region == nullptr || !region->file) return false;
  const bool filled = std::any_of(tails_.begin(), tails_.end(), [address](const Tail& tail) {
    return tail.begin <= address && address < tail.end;
  });
  const Tail tail = tail_of(*region, granularity_);
  return !filled && tail.begin <= address && address < tail.end && fill(*region, tail);
}

void Memory::fill_tails(std::uint64_t address, std::uint64_t length) const {
  const std::uint64_t end = address + length;
  for (auto it = first_ending_after(address); it != regions_.end() && it->begin < end; ++it) {
    if (!it->file || !it->shared) continue;
    const Tail tail = tail_of(*it, granularity_);
    if (tail.begin < end && address < tail.end) fill_tail(tail.begin);
  }
}

void Memory::code_cut(std::uint64_t object) {
  for (const Region& region : regions_) {
    if (region.file && region.object == object && region.decoded) code_changed(region.begin, region.end);
  }
}

void Memory::file_changed(std::uint64_t object) {
  std::erase_if(tails_, [&](const Tail& tail) {
    if (tail.object != object) return false;
    const Region* region = region_at(tail.begin);
    if (region == nullptr || region->object != object || region->backing == nullptr) return true;
    // What a private mapping has written stays its own.
    const bool readable = (region->protection & kProtRead) != 0;
    if (!region->shared && (!readable || !is_zero(base_ + tail.begin, tail.end - tail.begin))) return false;
    const int flags = MAP_FIXED | MAP_NORESERVE | (region->shared ? MAP_SHARED : MAP_PRIVATE);
    const std::uint64_t offset = region->offset + (tail.begin - region->begin);
    return ::mmap(base_ + tail.begin, tail.end - tail.begin, host_protection(region->protection), flags,
                  region->backing->fd(), static_cast<off_t>(offset)) != MAP_FAILED;
  });
}

}  // namespace m2sim::emu
