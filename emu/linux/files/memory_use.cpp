#include "emu/linux/files/memory_use.h"

#include <vector>

namespace m2sim::emu {

namespace {

// Other processes whose memory this one's was copied from, or the other way round.
std::vector<const Process*> relatives(const Process& process) {
  std::vector<const Process*> others;
  for (const auto& other : process.kernel.processes()) {
    const bool alive = other->running() && other->space != nullptr && other->space != process.space;
    if (alive && other->space->family == process.space->family) others.push_back(other.get());
  }
  return others;
}

bool has_private(const Process& process, std::uint64_t page) {
  const Region* region = process.memory().region_at(page);
  return region != nullptr && !region->shared;
}

// What a program has written lies in memory of its own; files are there as far as they are mapped.
bool is_own(const Region& region) { return !region.file && !region.shared; }

}  // namespace

void MemoryUse::add(const MemoryUse& other) {
  resident += other.resident;
  proportional += other.proportional;
  shared_clean += other.shared_clean;
  shared_dirty += other.shared_dirty;
  private_clean += other.private_clean;
  private_dirty += other.private_dirty;
  anonymous += other.anonymous;
  locked += other.locked;
}

std::uint64_t resident_of(const Process& process, const Region& region) {
  if (region.locked) return region.end - region.begin;
  if (is_own(region)) return process.memory().used_pages(region).size() * kGuestPage;
  return (region.protection & kProtRead) != 0 ? region.end - region.begin : 0;
}

MemoryUse use_of(const Process& process, const Region& region) {
  MemoryUse use;
  if (!is_own(region)) {
    use.resident = use.proportional = resident_of(process, region);
    const bool dirty = region.shared && !region.file && (region.protection & kProtWrite) != 0;
    (dirty ? use.private_dirty : use.private_clean) = use.resident;
    use.locked = region.locked ? use.resident : 0;
    return use;
  }
  const std::vector<const Process*> others = relatives(process);
  for (const std::uint64_t page : process.memory().used_pages(region)) {
    std::uint64_t users = 1;
    for (const Process* other : others) {
      if (has_private(*other, page) && process.memory().same_page(other->memory(), page)) ++users;
    }
    (users > 1 ? use.shared_dirty : use.private_dirty) += kGuestPage;
    use.proportional += kGuestPage / users;
    use.resident += kGuestPage;
  }
  use.anonymous = use.resident;
  use.locked = region.locked ? use.resident : 0;
  return use;
}

}  // namespace m2sim::emu
