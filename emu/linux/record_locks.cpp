#include "emu/linux/record_locks.h"

#include <algorithm>
#include <utility>

namespace m2sim::emu {

const RecordLock* RecordLocks::conflict(const RecordLock& wanted) {
  std::erase_if(locks_,
                [](const RecordLock& lock) { return lock.owner.pid < 0 && lock.owner.file.expired(); });
  const auto found = std::find_if(locks_.begin(), locks_.end(), [&wanted](const RecordLock& lock) {
    const bool overlap = lock.begin <= wanted.last && wanted.begin <= lock.last;
    return lock.file == wanted.file && overlap && (lock.write || wanted.write) &&
           !(lock.owner == wanted.owner);
  });
  return found == locks_.end() ? nullptr : &*found;
}

void RecordLocks::lock(const RecordLock& wanted) {
  unlock(wanted);
  locks_.push_back(wanted);
}

void RecordLocks::unlock(const RecordLock& range) {
  std::vector<RecordLock> kept;
  for (RecordLock& lock : locks_) {
    const bool apart = lock.last < range.begin || range.last < lock.begin;
    if (apart || !(lock.file == range.file) || !(lock.owner == range.owner)) {
      kept.push_back(std::move(lock));
      continue;
    }
    if (lock.begin < range.begin) {
      kept.push_back(lock);
      kept.back().last = range.begin - 1;
    }
    if (lock.last > range.last) {
      kept.push_back(lock);
      kept.back().begin = range.last + 1;
    }
  }
  locks_ = std::move(kept);
}

void RecordLocks::release(int pid, const LockedFile& file) {
  std::erase_if(locks_, [&](const RecordLock& lock) { return lock.owner.pid == pid && lock.file == file; });
}

void RecordLocks::release(int pid) {
  std::erase_if(locks_, [pid](const RecordLock& lock) { return lock.owner.pid == pid; });
}

}  // namespace m2sim::emu
