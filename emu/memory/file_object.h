// Files of the host that are mapped: the number by which Region::object tells them apart, and a hold on them.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>

namespace m2sim::emu {

inline std::uint64_t file_object(const struct stat& status) { return status.st_ino ^ (status.st_dev << 48U); }

// A descriptor of its own, so that what the file has become can be asked after the guest has closed its.
class MappedFile {
 public:
  explicit MappedFile(int fd) : fd_(::fcntl(fd, F_DUPFD_CLOEXEC, 3)) {}
  ~MappedFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  int fd() const { return fd_; }
  // Bytes; 0 of what has no size.
  std::uint64_t size() const {
    struct stat status {};
    const bool regular = ::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode);
    return regular ? static_cast<std::uint64_t>(status.st_size) : 0;
  }

 private:
  int fd_;
};

}  // namespace m2sim::emu
