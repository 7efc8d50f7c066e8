// File attributes, in arm64's layouts.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "emu/linux/calls/proc_calls.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/linux/uname.h"

namespace m2sim::emu::sys {

namespace {

// struct stat of asm-generic/stat.h, 64 bit.
struct GuestStat {
  std::uint64_t dev, ino;
  std::uint32_t mode, nlink, uid, gid;
  std::uint64_t rdev, pad1;
  std::int64_t size;
  std::int32_t blksize, pad2;
  std::int64_t blocks;
  std::int64_t atime;
  std::uint64_t atime_nsec;
  std::int64_t mtime;
  std::uint64_t mtime_nsec;
  std::int64_t ctime;
  std::uint64_t ctime_nsec;
  std::uint32_t unused[2];
};
static_assert(sizeof(GuestStat) == 128);

GuestStat converted(const struct stat& host) {
  GuestStat guest{};
  guest.dev = host.st_dev;
  guest.ino = host.st_ino;
  guest.mode = host.st_mode;
  guest.nlink = static_cast<std::uint32_t>(host.st_nlink);
  guest.uid = host.st_uid;
  guest.gid = host.st_gid;
  guest.rdev = host.st_rdev;
  guest.size = host.st_size;
  guest.blksize = static_cast<std::int32_t>(host.st_blksize);
  guest.blocks = host.st_blocks;
  guest.atime = host.st_atim.tv_sec;
  guest.atime_nsec = static_cast<std::uint64_t>(host.st_atim.tv_nsec);
  guest.mtime = host.st_mtim.tv_sec;
  guest.mtime_nsec = static_cast<std::uint64_t>(host.st_mtim.tv_nsec);
  guest.ctime = host.st_ctim.tv_sec;
  guest.ctime_nsec = static_cast<std::uint64_t>(host.st_ctim.tv_nsec);
  return guest;
}

// struct statfs of asm-generic/statfs.h, 64 bit.
struct GuestStatfs {
  std::int64_t type, bsize;
  std::uint64_t blocks, bfree, bavail, files, ffree;
  std::int32_t fsid[2];
  std::int64_t namelen, frsize, flags, spare[4];
};
static_assert(sizeof(GuestStatfs) == 120);

// The type and the rules of the file system are the host's; how full it is changes from run to run.
GuestStatfs converted(const struct statfs& host) {
  GuestStatfs guest{};
  guest.type = host.f_type;
  guest.bsize = host.f_bsize;
  if (host.f_blocks != 0 && host.f_bsize > 0) {
    guest.blocks = machine::kDiskBytes / static_cast<std::uint64_t>(host.f_bsize);
    guest.bfree = guest.bavail = guest.blocks / 2;
    guest.files = machine::kDiskFiles;
    guest.ffree = guest.files / 2;
  }
  guest.fsid[0] = host.f_fsid.__val[0];
  guest.fsid[1] = host.f_fsid.__val[1];
  guest.namelen = host.f_namelen;
  guest.frsize = host.f_frsize;
  guest.flags = host.f_flags;
  return guest;
}

template <class HostStatus>
std::int64_t deliver(Process& process, std::uint64_t address, int result, const HostStatus& status) {
  if (result != 0) return -std::int64_t{errno};
  return process.memory().write_value(address, converted(status)) ? 0 : -EFAULT;
}

// The host numbers pipes and sockets as they come, in all its processes.
bool is_nameless(std::uint32_t mode, dev_t device) {
  const auto device_of = [](int fd) {
    struct stat status {};
    const bool known = fd >= 0 && ::fstat(fd, &status) == 0;
    if (fd >= 0) ::close(fd);
    return known ? status.st_dev : dev_t{0};
  };
  static const dev_t pipes = [&device_of] {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) == 0) ::close(ends[1]);
    return device_of(ends[0]);
  }();
  return S_ISSOCK(mode) || (S_ISFIFO(mode) && device == pipes);
}

void hide_inode(const Process& process, struct stat& status) {
  if (is_nameless(status.st_mode, status.st_dev)) status.st_ino = guest_inode(process.kernel, status.st_ino);
}

std::int64_t deliver_made_up(Process& process, std::uint64_t address, const std::string& path,
                             struct stat& status) {
  const std::int64_t error = stat_made_up(process, path, status);
  return error != 0 ? error : deliver(process, address, 0, status);
}

}  // namespace

std::int64_t newfstatat(Process& process, const Args& args) {
  const HostPath path = path_argument(process, args.i32(0), args[1], last_link(args.i32(3)));
  struct stat status {};
  if (!path.made_up.empty()) return deliver_made_up(process, args[2], path.made_up, status);
  if (path.error != 0) return -path.error;
  const int result = ::fstatat(path.directory, path.path.c_str(), &status, args.i32(3));
  hide_inode(process, status);
  return deliver(process, args[2], result, status);
}

std::int64_t fstat(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  struct stat status {};
  if (!file->made_up.empty()) return deliver_made_up(process, args[1], file->made_up, status);
  const int result = ::fstat(file->host, &status);
  hide_inode(process, status);
  return deliver(process, args[1], result, status);
}

// struct statx is the same on every architecture.
std::int64_t statx(Process& process, const Args& args) {
  const HostPath path = path_argument(process, args.i32(0), args[1], last_link(args.i32(2)));
  struct statx status {};
  if (!path.made_up.empty()) {
    struct stat plain {};
    const std::int64_t error = stat_made_up(process, path.made_up, plain);
    if (error != 0) return error;
    return process.memory().write_value(args[4], extended_status(plain)) ? 0 : -EFAULT;
  }
  if (path.error != 0) return -path.error;
  if (::statx(path.directory, path.path.c_str(), args.i32(2), args.u32(3), &status) != 0) {
    return -std::int64_t{errno};
  }
  if (is_nameless(status.stx_mode, makedev(status.stx_dev_major, status.stx_dev_minor))) {
    status.stx_ino = guest_inode(process.kernel, status.stx_ino);
  }
  return process.memory().write_value(args[4], status) ? 0 : -EFAULT;
}

std::int64_t statfs(Process& process, const Args& args) {
  const HostPath path = path_argument(process, AT_FDCWD, args[0]);
  if (path.error != 0 && path.made_up.empty()) return -path.error;
  struct statfs status {};
  const int result = ::statfs(path.whole().c_str(), &status);
  return deliver(process, args[1], result, status);
}

std::int64_t fstatfs(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  struct statfs status {};
  const int result = file->made_up.empty() ? ::fstatfs(file->host, &status) : ::statfs("/proc", &status);
  return deliver(process, args[1], result, status);
}

}  // namespace m2sim::emu::sys
