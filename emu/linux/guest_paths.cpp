#include "emu/linux/guest_paths.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

namespace m2sim::emu {

std::string HostPath::whole() const {
  if (directory == AT_FDCWD || (!path.empty() && path.front() == '/')) return path;
  return "/proc/self/fd/" + std::to_string(directory) + "/" + path;
}

std::string name_of_descriptor(int host_fd) {
  const std::string link = "/proc/self/fd/" + std::to_string(host_fd);
  std::string text(PATH_MAX, '\0');
  const ssize_t length = ::readlink(link.c_str(), text.data(), text.size());
  text.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return text;
}

std::shared_ptr<const int> held_descriptor(int host_fd) {
  if (host_fd < 0) return nullptr;
  return {new int(host_fd), [](const int* opened) {
            ::close(*opened);
            delete opened;
          }};
}

GuestPaths::GuestPaths(std::string sysroot) : sysroot_(std::move(sysroot)), cwd_(AT_FDCWD) {
  if (char* resolved = sysroot_.empty() ? nullptr : ::realpath(sysroot_.c_str(), nullptr)) {
    sysroot_ = resolved;
    std::free(resolved);
  }
  while (!sysroot_.empty() && sysroot_.back() == '/') sysroot_.pop_back();
  if (sysroot_.empty()) return;
  sysroot_directory_ = held_descriptor(::open(sysroot_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

GuestPaths::GuestPaths(const GuestPaths& other)
    : sysroot_(other.sysroot_),
      sysroot_directory_(other.sysroot_directory_),
      program_(other.program_),
      cwd_(other.cwd_),
      made_up_cwd_(other.made_up_cwd_) {
  if (cwd_ != AT_FDCWD) cwd_ = ::fcntl(cwd_, F_DUPFD_CLOEXEC, 3);
}

GuestPaths::~GuestPaths() {
  if (cwd_ != AT_FDCWD) ::close(cwd_);
}

int GuestPaths::change_directory(const HostPath& path) {
  const int fd = ::openat(path.directory, path.path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -1;
  if (::faccessat(fd, ".", X_OK, AT_EACCESS) != 0) {
    const int reason = errno;
    ::close(fd);
    errno = reason;
    return -1;
  }
  if (cwd_ != AT_FDCWD) ::close(cwd_);
  cwd_ = fd;
  made_up_cwd_ = path.made_up;
  return 0;
}

std::string GuestPaths::working_directory() const {
  if (!made_up_cwd_.empty()) return made_up_cwd_;
  if (cwd_ == AT_FDCWD) {
    std::string text(PATH_MAX, '\0');
    if (::getcwd(text.data(), text.size()) == nullptr) return {};
    text.resize(text.find('\0'));
    return guest_name(text);
  }
  struct stat status {};
  const std::string text = name_of_descriptor(cwd_);
  if (text.empty() || ::fstat(cwd_, &status) != 0) return {};
  if (status.st_nlink == 0) {
    errno = ENOENT;
    return {};
  }
  return guest_name(text);
}

std::string GuestPaths::host_directory() const {
  if (cwd_ != AT_FDCWD) return name_of_descriptor(cwd_);
  std::string text(PATH_MAX, '\0');
  if (::getcwd(text.data(), text.size()) == nullptr) return {};
  text.resize(text.find('\0'));
  return text;
}

std::string GuestPaths::way_into_sysroot() const {
  return sysroot_directory_ == nullptr ? sysroot_ : "/proc/self/fd/" + std::to_string(*sysroot_directory_);
}

bool GuestPaths::in_sysroot(std::string_view host_path) const {
  if (sysroot_.empty() || host_path.substr(0, sysroot_.size()) != sysroot_) return false;
  return host_path.size() == sysroot_.size() || host_path[sysroot_.size()] == '/';
}

std::string GuestPaths::guest_name(const std::string& host_path) const {
  if (!in_sysroot(host_path)) return host_path;
  return host_path.size() == sysroot_.size() ? "/" : host_path.substr(sysroot_.size());
}

}  // namespace m2sim::emu
