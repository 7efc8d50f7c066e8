// Locks of files: flock, and fcntl's of ranges.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "emu/linux/calls/file_locks.h"
#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu {

namespace {

constexpr int kOfdGet = 36;  // F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW
constexpr int kOfdWait = 38;
constexpr std::uint64_t kEnd = std::numeric_limits<std::int64_t>::max();

bool file_of(int host, LockedFile& file) {
  struct stat status {};
  if (::fstat(host, &status) != 0) return false;
  file = {status.st_dev, status.st_ino};
  return true;
}

// The range that a struct flock names, from the file's beginning. 0 or -errno.
std::int64_t range_of(int host, const struct flock& given, RecordLock& lock) {
  std::int64_t base = 0;
  struct stat status {};
  if (given.l_whence == SEEK_CUR) {
    base = std::max<std::int64_t>(::lseek(host, 0, SEEK_CUR), 0);
  } else if (given.l_whence == SEEK_END) {
    if (::fstat(host, &status) != 0) return -std::int64_t{errno};
    base = status.st_size;
  } else if (given.l_whence != SEEK_SET) {
    return -EINVAL;
  }
  std::int64_t begin = 0;
  if (__builtin_add_overflow(base, given.l_start, &begin) || begin < 0) return -EINVAL;
  std::int64_t last = static_cast<std::int64_t>(kEnd);
  if (given.l_len > 0 && __builtin_add_overflow(begin, given.l_len - 1, &last)) return -EOVERFLOW;
  if (given.l_len < 0) {
    last = begin - 1;
    if (__builtin_add_overflow(begin, given.l_len, &begin) || begin < 0) return -EINVAL;
  }
  lock.begin = static_cast<std::uint64_t>(begin);
  lock.last = static_cast<std::uint64_t>(last);
  return 0;
}

// Whether `holder` waits, perhaps through others, for a lock of `pid`.
bool waits_for(const Kernel& kernel, int holder, int pid) {
  constexpr int kMostSteps = 100;
  for (int step = 0; step < kMostSteps && holder > 0; ++step) {
    if (holder == pid) return true;
    int next = 0;
    for (const auto& task : kernel.tasks()) {
      if (task->process->pid == holder && task->wait.lock_holder != 0) next = task->wait.lock_holder;
    }
    holder = next;
  }
  return false;
}

std::int64_t tell_conflict(Process& process, std::uint64_t at, struct flock given, const RecordLock* other) {
  given.l_type = F_UNLCK;
  if (other != nullptr) {
    given.l_type = other->write ? F_WRLCK : F_RDLCK;
    given.l_whence = SEEK_SET;
    given.l_start = static_cast<off_t>(other->begin);
    given.l_len = other->last == kEnd ? 0 : static_cast<off_t>(other->last - other->begin + 1);
    given.l_pid = other->owner.pid;
  }
  return process.memory().write_value(at, given) ? 0 : -EFAULT;
}

}  // namespace

std::int64_t record_lock(Process& process, const std::shared_ptr<OpenFile>& file, const Args& args) {
  const int command = args.i32(1);
  const bool by_file = command >= kOfdGet && command <= kOfdWait;
  struct flock given {};  // the same layout on every 64-bit Linux
  if (!process.memory().read_value(args[2], given)) return -EFAULT;
  if (by_file && given.l_pid != 0) return -EINVAL;
  RecordLock lock{{}, {by_file ? -1 : process.pid, {}}, 0, 0, given.l_type == F_WRLCK};
  if (by_file) lock.owner.file = file;
  if (!file_of(file->host, lock.file)) return -std::int64_t{errno};
  if (const std::int64_t error = range_of(file->host, given, lock); error != 0) return error;
  if (given.l_type != F_RDLCK && given.l_type != F_WRLCK && given.l_type != F_UNLCK) return -EINVAL;
  Kernel& kernel = process.kernel;
  const bool only_asks = command == F_GETLK || command == kOfdGet;
  if (only_asks && given.l_type == F_UNLCK) return -EINVAL;
  if (only_asks) return tell_conflict(process, args[2], given, kernel.record_locks.conflict(lock));
  const int access = ::fcntl(file->host, F_GETFL) & O_ACCMODE;
  if (given.l_type == F_UNLCK) {
    kernel.record_locks.unlock(lock);
    kernel.wake_lock_waiters();
    return 0;
  }
  if (access == (lock.write ? O_RDONLY : O_WRONLY)) return -EBADF;
  const RecordLock* other = kernel.record_locks.conflict(lock);
  Wait& wait = process.task->wait;
  if (other == nullptr) {
    kernel.record_locks.lock(lock);
    kernel.wake_lock_waiters();
    return 0;
  }
  if (command != F_SETLKW && command != kOfdWait) return -EAGAIN;
  if (!by_file && waits_for(kernel, other->owner.pid, process.pid)) return -EDEADLK;
  wait.for_lock = true;
  wait.lock_holder = std::max(other->owner.pid, 0);
  return kBlocked;
}

void release_record_locks(Process& process, int host) {
  LockedFile file{};
  RecordLocks& locks = process.kernel.record_locks;
  if (locks.empty() || host < 0 || !file_of(host, file)) return;
  locks.release(process.pid, file);
  process.kernel.wake_lock_waiters();
}

namespace sys {

// The host keeps these with the open file, as the guest's kernel would; only waiting is ours.
std::int64_t flock(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const std::int64_t result = result_of(::flock(fd, args.i32(1) | LOCK_NB));
  Wait& wait = process.task->wait;
  if (result != -EAGAIN || (args.i32(1) & LOCK_NB) != 0) return result;
  wait.retry = true;
  return kBlocked;
}

}  // namespace sys

}  // namespace m2sim::emu
