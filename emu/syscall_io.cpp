// Reading and writing of descriptors.
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "emu/signal_frame.h"
#include "emu/syscalls.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::uint64_t kMostVectors = 1024;      // UIO_MAXIOV
constexpr std::uint64_t kMostBytes = 0x7ffff000;  // MAX_RW_COUNT
constexpr std::uint8_t kFill = kProtWrite;        // the guest's buffer is written
constexpr std::uint8_t kDrain = kProtRead;

// A guest buffer as far as it is accessible: like the kernel, a transfer stops there, and only one that
// cannot begin fails.
struct Buffer {
  std::byte* data = nullptr;
  std::uint64_t size = 0;
  bool fault = false;
};

Buffer buffer(const Kernel& kernel, std::uint64_t address, std::uint64_t length, std::uint8_t protection) {
  length = std::min(length, kMostBytes);
  if (length == 0) return {};
  const std::uint64_t size = kernel.memory.accessible(address, length, protection);
  if (size == 0) return {nullptr, 0, true};
  return {kernel.memory.base() + address, size, false};
}

struct Vectors {
  std::vector<iovec> host;
  std::int64_t error = 0;
};

Vectors vectors(const Kernel& kernel, std::uint64_t address, std::uint64_t count, std::uint8_t protection) {
  if (count > kMostVectors) return {{}, -EINVAL};
  Vectors result;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t entry[2] = {};
    if (!kernel.memory.read(address + i * sizeof(entry), entry, sizeof(entry))) return {{}, -EFAULT};
    if (static_cast<std::int64_t>(entry[1]) < 0) return {{}, -EINVAL};
    if (entry[1] == 0) continue;
    const Buffer part = buffer(kernel, entry[0], entry[1], protection);
    if (part.fault && result.host.empty()) return {{}, -EFAULT};
    if (part.fault) break;
    result.host.push_back({part.data, part.size});
    if (part.size < entry[1]) break;
  }
  return result;
}

}  // namespace

std::int64_t written(Kernel& kernel, std::int64_t host) {
  const std::int64_t result = result_of(host);
  if (result == -EPIPE) raise_signal(kernel, {SIGPIPE, SI_USER, 0});
  return result;
}

std::int64_t read(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds.host(args.i32(0));
  if (fd < 0) return -EBADF;
  const Buffer to = buffer(kernel, args[1], args[2], kFill);
  return to.fault ? -EFAULT : result_of(::read(fd, to.data, to.size));
}

std::int64_t write(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds.host(args.i32(0));
  if (fd < 0) return -EBADF;
  const Buffer from = buffer(kernel, args[1], args[2], kDrain);
  return from.fault ? -EFAULT : written(kernel, ::write(fd, from.data, from.size));
}

std::int64_t pread64(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds.host(args.i32(0));
  if (fd < 0) return -EBADF;
  const Buffer to = buffer(kernel, args[1], args[2], kFill);
  return to.fault ? -EFAULT : result_of(::pread(fd, to.data, to.size, args.i64(3)));
}

std::int64_t pwrite64(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds.host(args.i32(0));
  if (fd < 0) return -EBADF;
  const Buffer from = buffer(kernel, args[1], args[2], kDrain);
  return from.fault ? -EFAULT : written(kernel, ::pwrite(fd, from.data, from.size, args.i64(3)));
}

std::int64_t readv(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds.host(args.i32(0));
  if (fd < 0) return -EBADF;
  const Vectors to = vectors(kernel, args[1], args[2], kFill);
  return to.error != 0 ? to.error : result_of(::readv(fd, to.host.data(), static_cast<int>(to.host.size())));
}

std::int64_t writev(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds.host(args.i32(0));
  if (fd < 0) return -EBADF;
  const Vectors from = vectors(kernel, args[1], args[2], kDrain);
  return from.error != 0
             ? from.error
             : written(kernel, ::writev(fd, from.host.data(), static_cast<int>(from.host.size())));
}

std::int64_t preadv(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds.host(args.i32(0));
  if (fd < 0) return -EBADF;
  const Vectors to = vectors(kernel, args[1], args[2], kFill);
  if (to.error != 0) return to.error;
  return result_of(::preadv(fd, to.host.data(), static_cast<int>(to.host.size()), args.i64(3)));
}

std::int64_t pwritev(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds.host(args.i32(0));
  if (fd < 0) return -EBADF;
  const Vectors from = vectors(kernel, args[1], args[2], kDrain);
  if (from.error != 0) return from.error;
  return written(kernel, ::pwritev(fd, from.host.data(), static_cast<int>(from.host.size()), args.i64(3)));
}

std::int64_t lseek(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds.host(args.i32(0));
  return fd < 0 ? -EBADF : result_of(::lseek(fd, args.i64(1), args.i32(2)));
}

std::int64_t sendfile(Kernel& kernel, const Args& args) {
  const int out = kernel.fds.host(args.i32(0));
  const int in = kernel.fds.host(args.i32(1));
  if (out < 0 || in < 0) return -EBADF;
  if (args[2] == 0) return written(kernel, ::sendfile(out, in, nullptr, args[3]));
  off_t offset = 0;
  if (!kernel.memory.read_value(args[2], offset)) return -EFAULT;
  const std::int64_t result = written(kernel, ::sendfile(out, in, &offset, args[3]));
  return kernel.memory.write_value(args[2], offset) ? result : -EFAULT;
}

std::int64_t copy_file_range(Kernel& kernel, const Args& args) {
  const int in = kernel.fds.host(args.i32(0));
  const int out = kernel.fds.host(args.i32(2));
  if (out < 0 || in < 0) return -EBADF;
  off64_t in_offset = 0;
  off64_t out_offset = 0;
  if (args[1] != 0 && !kernel.memory.read_value(args[1], in_offset)) return -EFAULT;
  if (args[3] != 0 && !kernel.memory.read_value(args[3], out_offset)) return -EFAULT;
  const std::int64_t result = result_of(::copy_file_range(in, args[1] != 0 ? &in_offset : nullptr, out,
                                                          args[3] != 0 ? &out_offset : nullptr, args[4], 0));
  if (args[1] != 0 && !kernel.memory.write_value(args[1], in_offset)) return -EFAULT;
  if (args[3] != 0 && !kernel.memory.write_value(args[3], out_offset)) return -EFAULT;
  return result;
}

}  // namespace m2sim::emu::sys
