// Access checks, modes, owners, times and extended attributes.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "emu/linux/calls/proc_calls.h"
#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::uint64_t kMostAttribute = 65536;  // XATTR_SIZE_MAX
constexpr std::uint64_t kMostAttributeName = 256;

std::int64_t access(const Process& process, const Args& args, int flags) {
  const HostPath path = path_argument(process, args.i32(0), args[1], last_link(flags));
  if (!path.made_up.empty()) return access_made_up(process, path.made_up, args.i32(2));
  if (path.error != 0) return -path.error;
  // The host would answer for the simulator's real user.
  const Credentials real = process.credentials.for_access();
  const bool as_effective = (flags & AT_EACCESS) != 0;
  if (process.credentials.hosts_files() && (as_effective || real.hosts_files())) {
    return result_of(::faccessat(path.directory, path.path.c_str(), args.i32(2), flags));
  }
  const ActingAs acting(as_effective ? process.credentials : real, process.credentials);
  return result_of(::faccessat(path.directory, path.path.c_str(), args.i32(2), flags | AT_EACCESS));
}

// A size of 0 asks how large the value is.
template <class Get>
std::int64_t fetch(Process& process, std::uint64_t to, std::uint64_t size, Get get) {
  std::vector<char> value(std::min(size, kMostAttribute));
  const std::int64_t length = result_of(get(value.data(), value.size()));
  if (length <= 0 || size == 0) return length;
  return process.memory().write(to, value.data(), static_cast<std::uint64_t>(length)) ? length : -EFAULT;
}

using GetByPath = ssize_t (*)(const char*, const char*, void*, std::size_t);
using ListByPath = ssize_t (*)(const char*, char*, std::size_t);

std::int64_t get_attribute(Process& process, const Args& args, GetByPath get, LastLink last) {
  const HostPath path = path_argument(process, AT_FDCWD, args[0], last);
  const auto name = process.memory().read_string(args[1], kMostAttributeName);
  if (!path.made_up.empty()) return -EOPNOTSUPP;
  if (path.error != 0) return -path.error;
  if (!name) return -EFAULT;
  return fetch(process, args[2], args[3], [&](char* to, std::size_t size) {
    return get(path.whole().c_str(), name->c_str(), to, size);
  });
}

std::int64_t list_attributes(Process& process, const Args& args, ListByPath list, LastLink last) {
  const HostPath path = path_argument(process, AT_FDCWD, args[0], last);
  if (!path.made_up.empty()) return 0;
  if (path.error != 0) return -path.error;
  return fetch(process, args[1], args[2],
               [&](char* to, std::size_t size) { return list(path.whole().c_str(), to, size); });
}

using SetByPath = int (*)(const char*, const char*, const void*, std::size_t, int);
using RemoveByPath = int (*)(const char*, const char*);

// Name, value and flags of a call that sets an attribute begin at its second argument.
struct NewAttribute {
  std::string name;
  std::vector<char> value;
  std::int64_t error = 0;
};

NewAttribute new_attribute(const Process& process, const Args& args) {
  const auto name = process.memory().read_string(args[1], kMostAttributeName);
  if (!name) return {{}, {}, -EFAULT};
  if (args[3] > kMostAttribute) return {{}, {}, -E2BIG};
  NewAttribute made{*name, std::vector<char>(args[3]), 0};
  if (!process.memory().read(args[2], made.value.data(), made.value.size())) made.error = -EFAULT;
  return made;
}

std::int64_t set_attribute(Process& process, const Args& args, SetByPath set, LastLink last) {
  const HostPath path = path_argument(process, AT_FDCWD, args[0], last);
  const NewAttribute made = new_attribute(process, args);
  if (!path.made_up.empty()) return -EOPNOTSUPP;
  if (path.error != 0) return -path.error;
  if (made.error != 0) return made.error;
  return result_of(
      set(path.whole().c_str(), made.name.c_str(), made.value.data(), made.value.size(), args.i32(4)));
}

std::int64_t remove_attribute(Process& process, const Args& args, RemoveByPath remove, LastLink last) {
  const HostPath path = path_argument(process, AT_FDCWD, args[0], last);
  const auto name = process.memory().read_string(args[1], kMostAttributeName);
  if (!path.made_up.empty()) return -EOPNOTSUPP;
  if (path.error != 0) return -path.error;
  return name ? result_of(remove(path.whole().c_str(), name->c_str())) : -EFAULT;
}

}  // namespace

std::int64_t setxattr(Process& process, const Args& args) {
  return set_attribute(process, args, ::setxattr, LastLink::kFollow);
}
std::int64_t lsetxattr(Process& process, const Args& args) {
  return set_attribute(process, args, ::lsetxattr, LastLink::kKeep);
}
std::int64_t fsetxattr(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const NewAttribute made = new_attribute(process, args);
  if (made.error != 0) return made.error;
  return result_of(::fsetxattr(fd, made.name.c_str(), made.value.data(), made.value.size(), args.i32(4)));
}

std::int64_t removexattr(Process& process, const Args& args) {
  return remove_attribute(process, args, ::removexattr, LastLink::kFollow);
}
std::int64_t lremovexattr(Process& process, const Args& args) {
  return remove_attribute(process, args, ::lremovexattr, LastLink::kKeep);
}
std::int64_t fremovexattr(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const auto name = process.memory().read_string(args[1], kMostAttributeName);
  return name ? result_of(::fremovexattr(fd, name->c_str())) : -EFAULT;
}

std::int64_t faccessat(Process& process, const Args& args) { return access(process, args, 0); }
std::int64_t faccessat2(Process& process, const Args& args) { return access(process, args, args.i32(3)); }

std::int64_t fchmod(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  return fd < 0 ? -EBADF : result_of(::fchmod(fd, args.u32(1)));
}

std::int64_t fchmodat(Process& process, const Args& args) {
  const HostPath path = path_argument(process, args.i32(0), args[1]);
  if (path.error != 0) return -path.error;
  return result_of(::fchmodat(path.directory, path.path.c_str(), args.u32(2), 0));
}

std::int64_t fchown(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  return fd < 0 ? -EBADF : result_of(::fchown(fd, args.u32(1), args.u32(2)));
}

std::int64_t fchownat(Process& process, const Args& args) {
  const HostPath path = path_argument(process, args.i32(0), args[1], last_link(args.i32(4)));
  if (path.error != 0) return -path.error;
  return result_of(::fchownat(path.directory, path.path.c_str(), args.u32(2), args.u32(3), args.i32(4)));
}

std::int64_t utimensat(Process& process, const Args& args) {
  timespec times[2] = {};  // two pairs of 64-bit numbers on every 64-bit Linux
  if (args[2] != 0 && !process.memory().read(args[2], times, sizeof(times))) return -EFAULT;
  const timespec* given = args[2] != 0 ? times : nullptr;
  if (args[1] == 0) {
    // The system call, unlike the C library's function, takes a null name for "the descriptor itself".
    const int fd = process.fds->host(args.i32(0));
    return fd < 0 ? -EBADF : result_of(::syscall(SYS_utimensat, fd, nullptr, given, args.i32(3)));
  }
  const HostPath path = path_argument(process, args.i32(0), args[1], last_link(args.i32(3)));
  if (path.error != 0) return -path.error;
  return result_of(::utimensat(path.directory, path.path.c_str(), given, args.i32(3)));
}

// The host's follows before the next call (Kernel::enter).
std::int64_t umask(Process& process, const Args& args) {
  return std::exchange(process.umask, args.u32(0) & 0777U);
}

std::int64_t getxattr(Process& process, const Args& args) {
  return get_attribute(process, args, ::getxattr, LastLink::kFollow);
}
std::int64_t lgetxattr(Process& process, const Args& args) {
  return get_attribute(process, args, ::lgetxattr, LastLink::kKeep);
}
std::int64_t listxattr(Process& process, const Args& args) {
  return list_attributes(process, args, ::listxattr, LastLink::kFollow);
}
std::int64_t llistxattr(Process& process, const Args& args) {
  return list_attributes(process, args, ::llistxattr, LastLink::kKeep);
}

std::int64_t fgetxattr(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  const auto name = process.memory().read_string(args[1], kMostAttributeName);
  if (fd < 0) return -EBADF;
  if (!name) return -EFAULT;
  return fetch(process, args[2], args[3],
               [&](char* to, std::size_t size) { return ::fgetxattr(fd, name->c_str(), to, size); });
}

std::int64_t flistxattr(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  return fetch(process, args[1], args[2],
               [&](char* to, std::size_t size) { return ::flistxattr(fd, to, size); });
}

}  // namespace m2sim::emu::sys
