// Directories and the names in them.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "emu/linux/calls/proc_calls.h"
#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu::sys {

namespace {

// Two names, resolved; the error of the first that has one.
struct TwoPaths {
  HostPath from;
  HostPath to;
  int error() const { return from.error != 0 ? from.error : to.error; }
};

TwoPaths two_paths(const Process& process, const Args& args, LastLink from = LastLink::kKeep) {
  return {path_argument(process, args.i32(0), args[1], from),
          path_argument(process, args.i32(2), args[3], LastLink::kKeep)};
}

}  // namespace

// struct linux_dirent64 is the same on every architecture.
std::int64_t getdents64(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  if (!file->made_up.empty()) return list_made_up(process, *file, args[1], args.u32(2));
  constexpr std::uint32_t kMost = 65536;
  std::vector<std::byte> entries(std::min(args.u32(2), kMost));
  const std::int64_t length = result_of(::getdents64(file->host, entries.data(), entries.size()));
  if (length <= 0) return length;
  return process.memory().write(args[1], entries.data(), static_cast<std::uint64_t>(length)) ? length
                                                                                             : -EFAULT;
}

std::int64_t mkdirat(Process& process, const Args& args) {
  const HostPath path = path_argument(process, args.i32(0), args[1], LastLink::kKeep);
  if (path.error != 0) return -path.error;
  return result_of(::mkdirat(path.directory, path.path.c_str(), process.mode_of_new_file(args.u32(2))));
}

std::int64_t mknodat(Process& process, const Args& args) {
  const HostPath path = path_argument(process, args.i32(0), args[1], LastLink::kKeep);
  if (path.error != 0) return -path.error;
  if (S_ISCHR(args.u32(2)) || S_ISBLK(args.u32(2))) return -EPERM;  // the host's devices are not the guest's
  const std::uint32_t mode = process.mode_of_new_file(args.u32(2));
  return result_of(::mknodat(path.directory, path.path.c_str(), mode, args[3]));
}

std::int64_t unlinkat(Process& process, const Args& args) {
  const HostPath path = path_argument(process, args.i32(0), args[1], LastLink::kKeep);
  if (path.error != 0) return -path.error;
  return result_of(::unlinkat(path.directory, path.path.c_str(), args.i32(2)));
}

std::int64_t symlinkat(Process& process, const Args& args) {
  const auto target = process.memory().read_string(args[0], kPathMax);
  if (!target) return -EFAULT;
  const HostPath path = path_argument(process, args.i32(1), args[2], LastLink::kKeep);
  if (path.error != 0) return -path.error;
  return result_of(::symlinkat(target->c_str(), path.directory, path.path.c_str()));
}

std::int64_t linkat(Process& process, const Args& args) {
  const bool follows = (args.u32(4) & AT_SYMLINK_FOLLOW) != 0;
  const TwoPaths paths = two_paths(process, args, follows ? LastLink::kFollow : LastLink::kKeep);
  if (paths.error() != 0) return -paths.error();
  return result_of(::linkat(paths.from.directory, paths.from.path.c_str(), paths.to.directory,
                            paths.to.path.c_str(), args.i32(4)));
}

std::int64_t renameat(Process& process, const Args& args) {
  const TwoPaths paths = two_paths(process, args);
  if (paths.error() != 0) return -paths.error();
  return result_of(
      ::renameat(paths.from.directory, paths.from.path.c_str(), paths.to.directory, paths.to.path.c_str()));
}

std::int64_t renameat2(Process& process, const Args& args) {
  const TwoPaths paths = two_paths(process, args);
  if (paths.error() != 0) return -paths.error();
  return result_of(::renameat2(paths.from.directory, paths.from.path.c_str(), paths.to.directory,
                               paths.to.path.c_str(), args.u32(4)));
}

}  // namespace m2sim::emu::sys
