#include "emu/linux/futex.h"

#include "emu/linux/address_space.h"
#include "emu/linux/kernel.h"
#include "emu/linux/pi_futex.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

FutexKey futex_key(const Process& process, std::uint64_t address, bool may_be_shared) {
  if (may_be_shared) {
    const Region* region = process.memory().region_at(address);
    if (region != nullptr && region->shared) {
      return {region->object, region->offset + (address - region->begin)};
    }
  }
  return {process.space->number, address};
}

void release_robust_futexes(Task& task) {
  // struct robust_list_head: first entry, offset of the futex word from an entry, entry being locked.
  struct {
    std::uint64_t first;
    std::int64_t offset;
    std::uint64_t pending;
  } head{};
  constexpr unsigned kMostEntries = 2048;  // ROBUST_LIST_LIMIT
  Memory& memory = task.process->memory();
  if (task.robust_list == 0 || !memory.read_value(task.robust_list, head)) return;
  const auto release = [&](std::uint64_t entry) {
    const std::uint64_t address = (entry & ~std::uint64_t{1}) + static_cast<std::uint64_t>(head.offset);
    std::uint32_t value = 0;
    if (address % sizeof(value) != 0 || !memory.read_value(address, value)) return;
    if ((value & kFutexOwner) != static_cast<std::uint32_t>(task.id)) return;
    if ((entry & 1U) != 0) return orphan_pi_futex(*task.process, address);
    if (!memory.write_value(address, (value & kFutexWaiters) | kFutexOwnerDied)) return;
    if ((value & kFutexWaiters) != 0) {
      task.process->kernel.wake_futex(futex_key(*task.process, address, true), 1, kAllFutexBits);
    }
  };
  std::uint64_t entry = head.first;
  for (unsigned i = 0; i < kMostEntries && entry != task.robust_list; ++i) {
    std::uint64_t following = 0;
    if (!memory.read_value(entry & ~std::uint64_t{1}, following)) break;
    if (entry != head.pending) release(entry);
    entry = following;
  }
  if (head.pending != 0) release(head.pending);
  task.robust_list = 0;
}

}  // namespace m2sim::emu
