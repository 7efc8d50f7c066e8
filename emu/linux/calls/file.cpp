// Opening, closing and naming of files.
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "emu/linux/calls/fifo.h"
#include "emu/linux/calls/file_locks.h"
#include "emu/linux/calls/proc_calls.h"
#include "emu/linux/calls/size_limits.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/linux/open_flags.h"
#include "emu/linux/pty.h"

namespace m2sim::emu::sys {

namespace {

// openat2 refuses what openat ignores. Flags are the guest's.
bool valid_how(std::uint64_t flags, std::uint64_t mode, std::uint64_t resolve) {
  constexpr std::uint64_t kKnown = 037777703;           // all that O_ACCMODE to O_TMPFILE have
  constexpr std::uint64_t kPath = 010000000;            // O_PATH
  constexpr std::uint64_t kWithPath = 012140000;        // it, and what may stand beside it
  constexpr std::uint64_t kCreates = 020000000 | 0100;  // O_TMPFILE's own bit and O_CREAT
  constexpr std::uint64_t kAllPermissions = 07777;
  constexpr std::uint64_t kResolve = 0x3f;
  constexpr std::uint64_t kBeneathAndRoot = 0x18;
  if ((flags & ~kKnown) != 0 || (resolve & ~kResolve) != 0) return false;
  if ((resolve & kBeneathAndRoot) == kBeneathAndRoot) return false;
  if ((flags & kPath) != 0 && (flags & ~kWithPath) != 0) return false;
  return (flags & kCreates) != 0 ? mode <= kAllPermissions : mode == 0;
}

LastLink last_link_of_open(int flags) {
  const bool creates_new = (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0;
  return creates_new || (flags & O_NOFOLLOW) != 0 ? LastLink::kKeep : LastLink::kFollow;
}

// A file of the host's /proc, by whatever name: it would show the simulator instead of the guest.
bool is_of_host_proc(int fd) {
  struct statfs status {};
  return ::fstatfs(fd, &status) == 0 && status.f_type == PROC_SUPER_MAGIC;
}

bool is_fifo(const HostPath& path) {
  struct stat status {};
  return ::fstatat(path.directory, path.path.c_str(), &status, 0) == 0 && S_ISFIFO(status.st_mode);
}

// /dev/random or /dev/urandom, which would differ from run to run.
bool is_random_device(int fd) {
  const dev_t random = makedev(1, 8);
  const dev_t urandom = makedev(1, 9);
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISCHR(status.st_mode)) return false;
  return status.st_rdev == random || status.st_rdev == urandom;
}

}  // namespace

HostPath path_argument(const Process& process, int directory, std::uint64_t address, LastLink last) {
  const auto name = process.memory().read_string(address, kPathMax);
  if (!name) {
    const bool too_long = process.memory().accessible(address, kPathMax, kProtRead) == kPathMax;
    return {-1, {}, too_long ? ENAMETOOLONG : EFAULT};
  }
  return resolve(process, directory, *name, last);
}

std::int64_t openat(Process& process, const Args& args) {
  const int flags = host_open_flags(args.u32(2));
  HostPath path = path_argument(process, args.i32(0), args[1], last_link_of_open(flags));
  if (!path.made_up.empty()) return open_made_up(process, path.made_up, flags);
  if (path.error != 0) return -path.error;
  // The session's own, where the host knows nothing of it.
  if (const std::string terminal = terminal_of(process); !terminal.empty() && path.whole() == "/dev/tty")
    path = {AT_FDCWD, terminal};
  if (is_fifo(path) && (flags & O_PATH) == 0) return open_fifo(process, path, flags);
  const std::uint32_t mode = process.mode_of_new_file(args.u32(3) & 07777);
  const int fd = ::openat(path.directory, path.path.c_str(), flags | O_CLOEXEC | O_NOCTTY, mode);
  if (fd < 0) return -std::int64_t{errno};
  if (is_of_host_proc(fd)) {
    ::close(fd);
    return -EACCES;
  }
  if ((flags & O_TRUNC) != 0) file_cut(process, fd);
  const int guest = process.fds->add(fd, (flags & O_CLOEXEC) != 0);
  if (guest >= 0) process.fds->file(guest)->random = is_random_device(process.fds->host(guest));
  if (guest >= 0 && (flags & O_PATH) == 0)
    adopt_terminal(process, process.fds->file(guest), (flags & O_NOCTTY) == 0);
  return guest;
}

std::int64_t openat2(Process& process, const Args& args) {
  struct {
    std::uint64_t flags, mode, resolve;
  } how{};
  if (args[3] < sizeof(how)) return -EINVAL;
  if (args[3] > kGuestPage) return -E2BIG;
  if (!process.memory().read_value(args[2], how)) return -EFAULT;
  // What a later kernel would read must ask for nothing.
  std::vector<std::byte> later(args[3] - sizeof(how));
  if (!process.memory().read(args[2] + sizeof(how), later.data(), later.size())) return -EFAULT;
  if (std::any_of(later.begin(), later.end(), [](std::byte byte) { return byte != std::byte{0}; }))
    return -E2BIG;
  if (!valid_how(how.flags, how.mode, how.resolve)) return -EINVAL;
  if (how.resolve == 0) return openat(process, {{args[0], args[1], how.flags, how.mode, 0, 0}});
  const int flags = host_open_flags(static_cast<std::uint32_t>(how.flags));
  const HostPath path = path_argument(process, args.i32(0), args[1], last_link_of_open(flags));
  if (!path.made_up.empty()) return open_made_up(process, path.made_up, flags);
  if (path.error != 0) return -path.error;
  // The host says whether the way there is allowed; then it is opened as any other file.
  const std::uint64_t kept = static_cast<std::uint64_t>(flags & (O_NOFOLLOW | O_DIRECTORY));
  struct {
    std::uint64_t flags, mode, resolve;
  } asked{O_PATH | O_CLOEXEC | kept, 0, how.resolve};
  const auto fd =
      static_cast<int>(::syscall(SYS_openat2, path.directory, path.path.c_str(), &asked, sizeof(asked)));
  if (fd < 0 && (errno != ENOENT || (flags & O_CREAT) == 0)) return -std::int64_t{errno};
  if (fd >= 0) ::close(fd);
  return openat(process, {{args[0], args[1], how.flags, how.mode, 0, 0}});
}

std::int64_t close(Process& process, const Args& args) {
  release_record_locks(process, process.fds->host(args.i32(0)));
  return process.fds->close(args.i32(0));
}

std::int64_t readlinkat(Process& process, const Args& args) {
  if (args.i32(3) <= 0) return -EINVAL;
  const HostPath path = path_argument(process, args.i32(0), args[1], LastLink::kKeep);
  std::string target;
  if (!path.made_up.empty()) {
    const auto file = find_made_up(process, path.made_up);
    if (!file || file->kind != MadeUpFile::Kind::kLink) return file ? -EINVAL : -ENOENT;
    target = file->target;
  } else {
    if (path.error != 0) return -path.error;
    target.resize(kPathMax);
    const ssize_t length = ::readlinkat(path.directory, path.path.c_str(), target.data(), target.size());
    if (length < 0) return -std::int64_t{errno};
    target.resize(static_cast<std::size_t>(length));
  }
  target.resize(std::min<std::size_t>(target.size(), args.u32(3)));
  if (!process.memory().write(args[2], target.data(), target.size())) return -EFAULT;
  return static_cast<std::int64_t>(target.size());
}

std::int64_t getcwd(Process& process, const Args& args) {
  const std::string text = process.paths.working_directory();
  if (text.empty()) return -std::int64_t{errno};
  const std::size_t size = text.size() + 1;
  if (args[1] < size) return -ERANGE;
  return process.memory().write(args[0], text.c_str(), size) ? static_cast<std::int64_t>(size) : -EFAULT;
}

std::int64_t chdir(Process& process, const Args& args) {
  const HostPath path = path_argument(process, AT_FDCWD, args[0]);
  if (!path.made_up.empty()) {
    const auto file = find_made_up(process, path.made_up);
    if (!file || file->kind != MadeUpFile::Kind::kDirectory) return file ? -ENOTDIR : -ENOENT;
  } else if (path.error != 0) {
    return -path.error;
  }
  return result_of(process.paths.change_directory(path));
}

std::int64_t fchdir(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  return result_of(process.paths.change_directory({file->host, ".", 0, file->made_up}));
}

}  // namespace m2sim::emu::sys
