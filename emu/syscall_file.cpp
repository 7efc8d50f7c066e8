// Opening, closing and naming of files.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "emu/open_flags.h"
#include "emu/syscalls.h"

namespace m2sim::emu::sys {

namespace {

// /proc/self/maps shows the guest's regions; glibc finds the main stack's size there.
int open_maps(const Kernel& kernel) {
  std::string text;
  for (const Region& region : kernel.memory().regions()) {
    char line[64];
    const auto flag = [&region](std::uint8_t bit, char letter) {
      return (region.protection & bit) != 0 ? letter : '-';
    };
    const int length = std::snprintf(line, sizeof(line), "%08lx-%08lx %c%c%c%c 00000000 00:00 0 ",
                                     region.begin, region.end, flag(kProtRead, 'r'), flag(kProtWrite, 'w'),
                                     flag(kProtExec, 'x'), region.shared ? 's' : 'p');
    text.append(line, static_cast<std::size_t>(length));
    text += region.name + "\n";
  }
  const int fd = ::memfd_create("maps", MFD_CLOEXEC);
  if (fd >= 0 && (::write(fd, text.data(), text.size()) < 0 || ::lseek(fd, 0, SEEK_SET) < 0)) {
    ::close(fd);
    return -1;
  }
  return fd;
}

// The simulator's memory is not the guest's, by whatever name: below a directory of /proc, through "..",
// by a link.
bool is_own_memory(int fd) {
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  std::string name(kPathMax, '\0');
  const ssize_t length = ::readlink(link.c_str(), name.data(), name.size());
  name.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  const std::string process = "/proc/" + std::to_string(::getpid()) + "/";
  if (name.compare(0, process.size(), process) != 0) return false;
  const std::string file = name.substr(name.rfind('/') + 1);
  return file == "mem" || file == "pagemap";
}

}  // namespace

HostPath path_argument(const Kernel& kernel, int directory, std::uint64_t address) {
  const auto name = kernel.memory().read_string(address, kPathMax);
  if (!name) {
    const bool too_long = kernel.memory().accessible(address, kPathMax, kProtRead) == kPathMax;
    return {-1, {}, too_long ? ENAMETOOLONG : EFAULT};
  }
  return kernel.paths.resolve(*kernel.fds, directory, *name);
}

std::int64_t openat(Kernel& kernel, const Args& args) {
  const HostPath path = path_argument(kernel, args.i32(0), args[1]);
  if (path.error != 0) return -path.error;
  const int flags = host_open_flags(args.u32(2));
  const int fd =
      GuestPaths::is_own_maps(path.path)
          ? open_maps(kernel)
          : ::openat(path.directory, path.path.c_str(), flags | O_CLOEXEC | O_NOCTTY, args.u32(3) & 07777);
  if (fd < 0) return -std::int64_t{errno};
  if (is_own_memory(fd)) {
    ::close(fd);
    return -EACCES;
  }
  return kernel.fds->add(fd, (flags & O_CLOEXEC) != 0);
}

std::int64_t close(Kernel& kernel, const Args& args) { return kernel.fds->close(args.i32(0)); }

std::int64_t readlinkat(Kernel& kernel, const Args& args) {
  if (args.i32(3) <= 0) return -EINVAL;
  const auto name = kernel.memory().read_string(args[1], kPathMax);
  if (!name) return -EFAULT;
  std::string target;
  if (GuestPaths::is_own_exe(*name)) {
    target = kernel.paths.program();
  } else {
    const HostPath path = kernel.paths.resolve(*kernel.fds, args.i32(0), *name);
    if (path.error != 0) return -path.error;
    target.resize(kPathMax);
    const ssize_t length = ::readlinkat(path.directory, path.path.c_str(), target.data(), target.size());
    if (length < 0) return -std::int64_t{errno};
    target.resize(static_cast<std::size_t>(length));
  }
  target.resize(std::min<std::size_t>(target.size(), args.u32(3)));
  if (!kernel.memory().write(args[2], target.data(), target.size())) return -EFAULT;
  return static_cast<std::int64_t>(target.size());
}

std::int64_t getcwd(Kernel& kernel, const Args& args) {
  const std::string text = kernel.paths.working_directory();
  if (text.empty()) return -std::int64_t{errno};
  const std::size_t size = text.size() + 1;
  if (args[1] < size) return -ERANGE;
  return kernel.memory().write(args[0], text.c_str(), size) ? static_cast<std::int64_t>(size) : -EFAULT;
}

std::int64_t chdir(Kernel& kernel, const Args& args) {
  const HostPath path = path_argument(kernel, AT_FDCWD, args[0]);
  if (path.error != 0) return -path.error;
  return result_of(kernel.paths.change_directory(path.directory, path.path.c_str()));
}

std::int64_t fchdir(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds->host(args.i32(0));
  return fd < 0 ? -EBADF : result_of(kernel.paths.change_directory(fd));
}

}  // namespace m2sim::emu::sys
