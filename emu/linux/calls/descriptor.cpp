// Descriptors themselves: duplication, flags, pipes, sizes, synchronisation with the disk.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

#include "emu/linux/calls/async.h"
#include "emu/linux/calls/file_locks.h"
#include "emu/linux/calls/size_limits.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/linux/open_flags.h"

namespace m2sim::emu::sys {

namespace {

constexpr int kDuplicateOnExec = 1030;  // F_DUPFD_CLOEXEC
constexpr int kSetPipeSize = 1031;
constexpr int kOfdGet = 36;
constexpr int kOfdSet = 37;
constexpr int kOfdWait = 38;
constexpr int kGetSeals = 1034;

std::int64_t duplicate(Process& process, int guest_fd, bool close_on_exec, int lowest) {
  if (lowest < 0 || lowest >= process.fds->most()) return -EINVAL;
  const auto file = process.fds->file(guest_fd);
  return file == nullptr ? -EBADF : process.fds->add(file, close_on_exec, lowest);
}

// O_NONBLOCK of what never blocks the host is the guest's own matter.
std::int64_t file_flags(const OpenFile& file) {
  const int flags = ::fcntl(file.host, F_GETFL);
  if (flags < 0) return -std::int64_t{errno};
  const std::uint32_t async = file.async.on ? O_ASYNC : 0;
  if (!file.never_blocks_host()) return guest_open_flags(flags) | async;
  return guest_open_flags((flags & ~O_NONBLOCK) | (file.nonblocking ? O_NONBLOCK : 0)) | async;
}

std::int64_t set_file_flags(Process& process, int guest_fd, std::uint32_t guest) {
  OpenFile& file = *process.fds->file(guest_fd);
  set_async(process, guest_fd, (guest & O_ASYNC) != 0);
  int flags = host_open_flags(guest) & ~O_ASYNC;
  if (file.never_blocks_host()) {
    file.nonblocking = (flags & O_NONBLOCK) != 0;
    flags |= O_NONBLOCK;
  }
  return result_of(::fcntl(file.host, F_SETFL, flags));
}

std::int64_t synchronised(Process& process, const Args& args, int (*how)(int)) {
  const int fd = process.fds->host(args.i32(0));
  return fd < 0 ? -EBADF : result_of(how(fd));
}

}  // namespace

std::int64_t dup(Process& process, const Args& args) { return duplicate(process, args.i32(0), false, 0); }

std::int64_t dup3(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (args.i32(0) == args.i32(1) || (args.u32(2) & ~static_cast<std::uint32_t>(O_CLOEXEC)) != 0)
    return -EINVAL;
  if (file == nullptr) return -EBADF;
  release_record_locks(process, process.fds->host(args.i32(1)));
  return process.fds->put(args.i32(1), file, args.u32(2) != 0);
}

std::int64_t fcntl(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const int command = args.i32(1);
  switch (command) {
    case F_DUPFD:
    case kDuplicateOnExec:
      return duplicate(process, args.i32(0), command == kDuplicateOnExec, args.i32(2));
    case F_GETFD:
      return process.fds->close_on_exec(args.i32(0)) ? FD_CLOEXEC : 0;
    case F_SETFD:
      process.fds->set_close_on_exec(args.i32(0), (args[2] & FD_CLOEXEC) != 0);
      return 0;
    case F_GETFL:
      return file_flags(*process.fds->file(args.i32(0)));
    case F_SETFL:
      return set_file_flags(process, args.i32(0), args.u32(2));
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case kOfdGet:
    case kOfdSet:
    case kOfdWait:
      return record_lock(process, process.fds->file(args.i32(0)), args);
    case F_SETOWN:
    case F_GETOWN:
    case F_SETOWN_EX:
    case F_GETOWN_EX:
    case F_SETSIG:
    case F_GETSIG:
      return async_command(process, args.i32(0), command, args[2]);
    default:
      // Pipe sizes and seals take and give plain numbers.
      if (command >= kSetPipeSize && command <= kGetSeals)
        return result_of(::fcntl(fd, command, args.i32(2)));
      return -EINVAL;
  }
}

std::int64_t pipe2(Process& process, const Args& args) {
  int host[2];
  if (::pipe2(host, host_open_flags(args.u32(1)) | O_CLOEXEC) != 0) return -std::int64_t{errno};
  const bool close_on_exec = (args.u32(1) & O_CLOEXEC) != 0;
  const bool nonblocking = (args.u32(1) & O_NONBLOCK) != 0;
  const int first = process.fds->add(host[0], close_on_exec, OpenFile::Kind::kInner, nonblocking);
  if (first < 0) {
    ::close(host[1]);
    return first;
  }
  const int second = process.fds->add(host[1], close_on_exec, OpenFile::Kind::kInner, nonblocking);
  const int guest[2] = {first, second};
  if (second >= 0 && process.memory().write(args[0], guest, sizeof(guest))) return 0;
  process.fds->close(first);
  if (second >= 0) process.fds->close(second);
  return second < 0 ? second : -EFAULT;
}

std::int64_t eventfd2(Process& process, const Args& args) {
  const int fd = ::eventfd(args.u32(0), args.i32(1) | EFD_CLOEXEC);
  if (fd < 0) return -std::int64_t{errno};
  return process.fds->add(fd, (args.i32(1) & EFD_CLOEXEC) != 0, OpenFile::Kind::kInner,
                          (args.i32(1) & EFD_NONBLOCK) != 0);
}

std::int64_t memfd_create(Process& process, const Args& args) {
  const auto name = process.memory().read_string(args[0], 256);
  constexpr std::size_t kTooLong = 250;
  std::array<char, kTooLong> text{};
  if (!name) return process.memory().read(args[0], text.data(), text.size()) ? -EINVAL : -EFAULT;
  const int fd = ::memfd_create(name->c_str(), args.u32(1) | MFD_CLOEXEC);
  return fd < 0 ? -std::int64_t{errno} : process.fds->add(fd, (args.u32(1) & MFD_CLOEXEC) != 0);
}

std::int64_t close_range(Process& process, const Args& args) {
  constexpr std::uint32_t kOnExec = 4;  // CLOSE_RANGE_CLOEXEC; 2 unshares a table nobody shares
  if (args.u32(0) > args.u32(1) || (args.u32(2) & ~(kOnExec | 2U)) != 0) return -EINVAL;
  const std::uint32_t end = std::min<std::uint32_t>(args.u32(1), kMostOpenFiles - 1);
  for (std::uint32_t fd = args.u32(0); fd <= end; ++fd) {
    if ((args.u32(2) & kOnExec) != 0) {
      process.fds->set_close_on_exec(static_cast<int>(fd), true);
    } else {
      release_record_locks(process, process.fds->host(static_cast<int>(fd)));
      process.fds->close(static_cast<int>(fd));
    }
  }
  return 0;
}

std::int64_t fsync(Process& process, const Args& args) { return synchronised(process, args, ::fsync); }
std::int64_t fdatasync(Process& process, const Args& args) {
  return synchronised(process, args, ::fdatasync);
}
std::int64_t syncfs(Process& process, const Args& args) { return synchronised(process, args, ::syncfs); }
std::int64_t sync(Process& /*kernel*/, const Args& /*args*/) {
  ::sync();
  return 0;
}

std::int64_t ftruncate(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  if (const std::int64_t error = check_size(process, fd, args.i64(1)); error != 0) return error;
  const std::int64_t result = result_of(::ftruncate(fd, args.i64(1)));
  if (result == 0) file_cut(process, fd);
  return result;
}

std::int64_t truncate(Process& process, const Args& args) {
  const HostPath path = path_argument(process, AT_FDCWD, args[0]);
  if (path.error != 0) return -path.error;
  const std::string name = path.whole();
  const int fd = ::open(name.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0) return -std::int64_t{errno};
  std::int64_t result = check_size(process, fd, args.i64(1));
  if (result == 0) result = result_of(::truncate(name.c_str(), args.i64(1)));
  if (result == 0) file_cut(process, fd);
  ::close(fd);
  return result;
}

std::int64_t fallocate(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const bool fits = args.i64(2) >= 0 && args.i64(3) > 0 && args.i64(3) <= INT64_MAX - args.i64(2);
  const std::int64_t error = fits ? check_size(process, fd, args.i64(2) + args.i64(3)) : 0;
  const std::int64_t result =
      error != 0 ? error : result_of(::fallocate(fd, args.i32(1), args.i64(2), args.i64(3)));
  if (result == 0) file_cut(process, fd);
  return result;
}

std::int64_t sync_file_range(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  return fd < 0 ? -EBADF : result_of(::sync_file_range(fd, args.i64(1), args.i64(2), args.u32(3)));
}

std::int64_t readahead(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  return fd < 0 ? -EBADF : result_of(::readahead(fd, args.i64(1), args[2]));
}

std::int64_t inotify_init1(Process& process, const Args& args) {
  const int fd = ::inotify_init1(args.i32(0) | IN_CLOEXEC);
  if (fd < 0) return -std::int64_t{errno};
  return process.fds->add(fd, (args.i32(0) & IN_CLOEXEC) != 0, OpenFile::Kind::kSocket,
                          (args.i32(0) & IN_NONBLOCK) != 0);
}

std::int64_t inotify_add_watch(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const HostPath path = path_argument(process, AT_FDCWD, args[1]);
  if (path.error != 0) return -path.error;
  return result_of(::inotify_add_watch(fd, path.whole().c_str(), args.u32(2)));
}

std::int64_t inotify_rm_watch(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  return fd < 0 ? -EBADF : result_of(::inotify_rm_watch(fd, args.i32(1)));
}

// Advice may be ignored; only its arguments are checked.
std::int64_t fadvise64(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  struct stat status {};
  if (::fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode)) return -ESPIPE;
  return args.i64(2) < 0 || args.i32(3) < 0 || args.i32(3) > 5 ? -EINVAL : 0;
}

}  // namespace m2sim::emu::sys
