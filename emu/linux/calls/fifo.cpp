#include "emu/linux/calls/fifo.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

namespace m2sim::emu {

namespace {

// Waiters lie in the queues of futexes, under keys that no word in memory has.
constexpr std::uint64_t kNoMemory = std::uint64_t{1} << 62U;
constexpr std::uint32_t kWaitsForReader = 1;
constexpr std::uint32_t kWaitsForWriter = 2;

FutexKey key_of(const struct stat& status) { return {kNoMemory | status.st_dev, status.st_ino}; }

// Opening a pipe of pipe() again, by its name in /proc, never waits.
bool has_name(int host) {
  struct statfs status {};
  return ::fstatfs(host, &status) != 0 || status.f_type != PIPEFS_MAGIC;
}

bool some_guest_writes(const Kernel& kernel, const FutexKey& key) {
  for (const auto& process : kernel.processes()) {
    for (int fd = 0; fd < process->fds->size(); ++fd) {
      const int host = process->fds->host(fd);
      struct stat status {};
      if (host < 0 || ::fstat(host, &status) != 0 || !S_ISFIFO(status.st_mode)) continue;
      if (key_of(status) == key && (::fcntl(host, F_GETFL) & O_ACCMODE) != O_RDONLY) return true;
    }
  }
  return false;
}

std::int64_t done(Process& process, std::shared_ptr<OpenFile> file, int flags) {
  file->nonblocking = (flags & O_NONBLOCK) != 0;
  return process.fds->add(std::move(file), (flags & O_CLOEXEC) != 0);
}

std::int64_t wait_for_other_end(Process& process, const FutexKey& key, std::uint32_t which) {
  Wait& wait = process.task->wait;
  wait.futex = key;
  wait.futex_bits = which;
  wait.order = process.kernel.next_wait();
  return kBlocked;
}

}  // namespace

std::int64_t open_fifo(Process& process, const HostPath& path, int flags) {
  Wait& wait = process.task->wait;
  if (wait.file != nullptr) {  // a reader, and somebody may have come
    pollfd ready{wait.file->host, POLLIN, 0};
    const bool came = !wait.futex || ::poll(&ready, 1, 0) > 0;
    return came ? done(process, wait.file, flags) : kBlocked;
  }
  // The host must not wait: what it waits for may be a guest.
  const int host = ::openat(path.directory, path.path.c_str(), flags | O_NONBLOCK | O_CLOEXEC);
  struct stat status {};
  if (host < 0) {
    const int error = errno;
    const bool may_wait = error == ENXIO && (flags & O_NONBLOCK) == 0;
    if (!may_wait || ::fstatat(path.directory, path.path.c_str(), &status, 0) != 0) return -error;
    return wait_for_other_end(process, key_of(status), kWaitsForReader);
  }
  // What the simulator was started without stays closed.
  constexpr int kFirstFree = 3;
  const int moved = host >= kFirstFree ? host : ::fcntl(host, F_DUPFD_CLOEXEC, kFirstFree);
  if (moved != host) ::close(host);
  if (moved < 0) return -EMFILE;
  const auto file = std::make_shared<OpenFile>(moved, OpenFile::Kind::kSocket, true);
  if (::fstat(file->host, &status) != 0) return -std::int64_t{errno};
  const FutexKey key = key_of(status);
  const int access = flags & O_ACCMODE;
  if (access != O_RDONLY) process.kernel.wake_futex(key, UINT32_MAX, kWaitsForWriter);
  if (access != O_WRONLY) process.kernel.wake_futex(key, UINT32_MAX, kWaitsForReader);
  const bool waits = access == O_RDONLY && (flags & O_NONBLOCK) == 0 && has_name(file->host);
  if (!waits || some_guest_writes(process.kernel, key)) return done(process, file, flags);
  wait.file = file;
  wait.files = {{file->host, POLLIN, 0}};
  wait.outside = true;
  return wait_for_other_end(process, key, kWaitsForWriter);
}

}  // namespace m2sim::emu
