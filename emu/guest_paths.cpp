#include "emu/guest_paths.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "emu/fd_table.h"

namespace m2sim::emu {

namespace {

// "/proc/self/fd/5" and its other names give 5; anything else -1.
int descriptor_name(std::string_view path, const std::string& own_process) {
  if (path == "/dev/stdin") return 0;
  if (path == "/dev/stdout") return 1;
  if (path == "/dev/stderr") return 2;
  for (const std::string& prefix :
       {std::string("/proc/self/fd/"), std::string("/dev/fd/"), own_process + "/fd/"}) {
    if (path.substr(0, prefix.size()) != prefix) continue;
    path.remove_prefix(prefix.size());
    int number = -1;
    const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), number);
    return error == std::errc() && end == path.data() + path.size() ? number : -1;
  }
  return -1;
}

// The rest of a name below /proc/self, /proc/thread-self or /proc/<own pid>; empty: not there.
std::string_view own_proc_name(std::string_view path, const std::string& own_process) {
  for (const std::string& prefix :
       {std::string("/proc/self/"), std::string("/proc/thread-self/"), own_process + "/"}) {
    if (path.substr(0, prefix.size()) == prefix) return path.substr(prefix.size());
  }
  return {};
}

}  // namespace

std::string HostPath::whole() const {
  if (directory == AT_FDCWD || (!path.empty() && path.front() == '/')) return path;
  return "/proc/self/fd/" + std::to_string(directory) + "/" + path;
}

GuestPaths::GuestPaths(std::string sysroot) : sysroot_(std::move(sysroot)), cwd_(AT_FDCWD) {
  if (char* resolved = sysroot_.empty() ? nullptr : ::realpath(sysroot_.c_str(), nullptr)) {
    sysroot_ = resolved;
    std::free(resolved);
  }
  while (!sysroot_.empty() && sysroot_.back() == '/') sysroot_.pop_back();
}

GuestPaths::GuestPaths(const GuestPaths& other)
    : sysroot_(other.sysroot_), program_(other.program_), cwd_(other.cwd_) {
  if (cwd_ != AT_FDCWD) cwd_ = ::fcntl(cwd_, F_DUPFD_CLOEXEC, 3);
}

GuestPaths::~GuestPaths() {
  if (cwd_ != AT_FDCWD) ::close(cwd_);
}

HostPath GuestPaths::resolve(const FdTable& fds, int directory, const std::string& path) const {
  if (path.empty() || path.front() != '/') {
    if (directory == AT_FDCWD) return {cwd_, path};
    const int host = fds.host(directory);
    return host < 0 ? HostPath{-1, path, EBADF} : HostPath{host, path};
  }
  const std::string own_process = "/proc/" + std::to_string(::getpid());
  if (const int guest = descriptor_name(path, own_process); guest >= 0) {
    const int host = fds.host(guest);
    if (host < 0) return {AT_FDCWD, path, ENOENT};
    return {AT_FDCWD, "/proc/self/fd/" + std::to_string(host)};
  }
  const std::string_view own = own_proc_name(path, own_process);
  if (own == "exe") return {AT_FDCWD, program_};
  // The simulator's memory is not the guest's.
  if (own == "mem" || own == "pagemap") return {AT_FDCWD, path, EACCES};
  if (!sysroot_.empty()) {
    std::string inside = sysroot_ + path;
    struct stat status {};
    if (::lstat(inside.c_str(), &status) == 0) return {AT_FDCWD, std::move(inside)};
  }
  return {AT_FDCWD, path};
}

bool GuestPaths::is_own_maps(const std::string& path) {
  return own_proc_name(path, "/proc/" + std::to_string(::getpid())) == "maps";
}

bool GuestPaths::is_own_exe(const std::string& path) {
  return own_proc_name(path, "/proc/" + std::to_string(::getpid())) == "exe";
}

int GuestPaths::change_directory(int host_directory, const char* path) {
  const int fd = ::openat(host_directory, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -1;
  if (::faccessat(fd, ".", X_OK, 0) != 0) {
    const int reason = errno;
    ::close(fd);
    errno = reason;
    return -1;
  }
  if (cwd_ != AT_FDCWD) ::close(cwd_);
  cwd_ = fd;
  return 0;
}

int GuestPaths::change_directory(int host_directory) { return change_directory(host_directory, "."); }

std::string GuestPaths::working_directory() const {
  std::string text(PATH_MAX, '\0');
  if (cwd_ == AT_FDCWD) {
    if (::getcwd(text.data(), text.size()) == nullptr) return {};
    text.resize(text.find('\0'));
  } else {
    const std::string link = "/proc/self/fd/" + std::to_string(cwd_);
    const ssize_t length = ::readlink(link.c_str(), text.data(), text.size());
    struct stat status {};
    if (length < 0 || ::fstat(cwd_, &status) != 0) return {};
    if (status.st_nlink == 0) {
      errno = ENOENT;
      return {};
    }
    text.resize(static_cast<std::size_t>(length));
  }
  return guest_name(text);
}

std::string GuestPaths::guest_name(const std::string& host_path) const {
  if (sysroot_.empty() || host_path.compare(0, sysroot_.size(), sysroot_) != 0) return host_path;
  if (host_path.size() == sysroot_.size()) return "/";
  return host_path[sysroot_.size()] == '/' ? host_path.substr(sysroot_.size()) : host_path;
}

}  // namespace m2sim::emu
