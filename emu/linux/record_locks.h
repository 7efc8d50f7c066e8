// Locks of file ranges between guest processes (fcntl): the host's would be the simulator's own, and never in
// its own way.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace m2sim::emu {

struct OpenFile;

struct LockedFile {
  std::uint64_t device;
  std::uint64_t inode;
  bool operator==(const LockedFile&) const = default;
};

// A process (F_SETLK), or an open file (F_OFD_SETLK) with pid -1.
struct LockOwner {
  int pid;
  std::weak_ptr<OpenFile> file;

  bool operator==(const LockOwner& other) const {
    return pid == other.pid && !file.owner_before(other.file) && !other.file.owner_before(file);
  }
};

struct RecordLock {
  LockedFile file;
  LockOwner owner;
  std::uint64_t begin;
  std::uint64_t last;  // byte that it ends with
  bool write;
};

class RecordLocks {
 public:
  // Who is in the way of `wanted`; null: nobody.
  const RecordLock* conflict(const RecordLock& wanted);
  void lock(const RecordLock& wanted);
  // Takes the range of `range` off the locks of its owner.
  void unlock(const RecordLock& range);
  // A process has closed the file by one of its numbers, or ended.
  void release(int pid, const LockedFile& file);
  void release(int pid);
  bool empty() const { return locks_.empty(); }

 private:
  std::vector<RecordLock> locks_;
};

}  // namespace m2sim::emu
