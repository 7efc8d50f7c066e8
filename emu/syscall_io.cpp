// Reading and writing of descriptors.
#include <poll.h>
#include <signal.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "emu/event_files.h"
#include "emu/guest_buffer.h"
#include "emu/proc_files.h"
#include "emu/syscalls.h"
#include "emu/time_limit.h"

namespace m2sim::emu::sys {

namespace {

// What is written to a file of /proc means something; its stand-in knows whether writing is allowed.
std::int64_t write_made_up(Kernel& kernel, const OpenFile& file, std::span<const iovec> parts) {
  const std::int64_t done = result_of(::writev(file.host, parts.data(), static_cast<int>(parts.size())));
  std::string text;
  for (const iovec& part : parts) text.append(static_cast<const char*>(part.iov_base), part.iov_len);
  const std::int64_t error = done < 0 ? done : emu::write_made_up(kernel, file.made_up, std::move(text));
  return error < 0 ? error : done;
}

std::int64_t read_random(Kernel& kernel, std::span<const iovec> parts) {
  std::int64_t done = 0;
  for (const iovec& part : parts) {
    kernel.system.random.fill(part.iov_base, part.iov_len);
    done += static_cast<std::int64_t>(part.iov_len);
  }
  return done;
}

// A pipe or a socket takes what it has room for; a caller that may wait is done when all is written.
std::int64_t write_parts(Kernel& kernel, const OpenFile& file, std::span<iovec> parts) {
  if (file.is_special()) return -EINVAL;
  if (!file.made_up.empty()) return write_made_up(kernel, file, parts);
  Wait& wait = kernel.task->wait;
  parts = behind(parts, wait.progress);
  const bool in_parts = file.never_blocks_host() && !file.nonblocking;
  while (true) {
    // Someone else may still fill the pipe first; the host then says so.
    const std::int64_t not_ready = wait_for_file(kernel, file, POLLOUT);
    if (not_ready == kBlocked && wait.interrupted && wait.progress != 0) {
      return static_cast<std::int64_t>(wait.progress);
    }
    if (not_ready != 0) return not_ready;
    const std::int64_t done = ::writev(file.host, parts.data(), static_cast<int>(parts.size()));
    if (in_parts && done < 0 && errno == EAGAIN) {
      // Room for less than an atomic write needs: wait for more of it.
      wait.files = {{file.host, POLLOUT, 0}};
      return kBlocked;
    }
    if (done < 0 && wait.progress != 0) return static_cast<std::int64_t>(wait.progress);
    if (done < 0) return written(kernel, done);
    wait.progress += static_cast<std::uint64_t>(done);
    parts = behind(parts, static_cast<std::uint64_t>(done));
    if (!in_parts || parts.empty()) return static_cast<std::int64_t>(wait.progress);
  }
}

}  // namespace

std::int64_t written(Kernel& kernel, std::int64_t host) {
  const std::int64_t result = result_of(host);
  if (result == -EPIPE) kernel.system.post(*kernel.task, {SIGPIPE, SI_USER, {}});
  return result;
}

std::int64_t read(Kernel& kernel, const Args& args) {
  const auto file = kernel.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  const GuestBuffer to = guest_buffer(kernel, args[1], args[2], kFill);
  if (to.fault) return -EFAULT;
  if (std::holds_alternative<SignalFile>(file->special)) return read_signals(kernel, *file, to.data, to.size);
  if (file->random) {
    const iovec part{to.data, to.size};
    return read_random(kernel, {&part, 1});
  }
  const std::int64_t wait = wait_for_file(kernel, *file, POLLIN);
  return wait != 0 ? wait : result_of(::read(file->host, to.data, to.size));
}

std::int64_t write(Kernel& kernel, const Args& args) {
  const auto file = kernel.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  const GuestBuffer from = guest_buffer(kernel, args[1], args[2], kDrain);
  if (from.fault) return -EFAULT;
  iovec part{from.data, from.size};
  return write_parts(kernel, *file, {&part, 1});
}

std::int64_t pread64(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const GuestBuffer to = guest_buffer(kernel, args[1], args[2], kFill);
  return to.fault ? -EFAULT : result_of(::pread(fd, to.data, to.size, args.i64(3)));
}

std::int64_t pwrite64(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const GuestBuffer from = guest_buffer(kernel, args[1], args[2], kDrain);
  return from.fault ? -EFAULT : written(kernel, ::pwrite(fd, from.data, from.size, args.i64(3)));
}

std::int64_t readv(Kernel& kernel, const Args& args) {
  const auto file = kernel.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  const GuestVectors to = guest_vectors(kernel, args[1], args[2], kFill);
  if (to.error != 0) return to.error;
  if (file->random) return read_random(kernel, to.host);
  const std::int64_t wait = wait_for_file(kernel, *file, POLLIN);
  if (wait != 0) return wait;
  return result_of(::readv(file->host, to.host.data(), static_cast<int>(to.host.size())));
}

std::int64_t writev(Kernel& kernel, const Args& args) {
  const auto file = kernel.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  GuestVectors from = guest_vectors(kernel, args[1], args[2], kDrain);
  return from.error != 0 ? from.error : write_parts(kernel, *file, from.host);
}

std::int64_t preadv(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const GuestVectors to = guest_vectors(kernel, args[1], args[2], kFill);
  if (to.error != 0) return to.error;
  return result_of(::preadv(fd, to.host.data(), static_cast<int>(to.host.size()), args.i64(3)));
}

std::int64_t pwritev(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const GuestVectors from = guest_vectors(kernel, args[1], args[2], kDrain);
  if (from.error != 0) return from.error;
  return written(kernel, ::pwritev(fd, from.host.data(), static_cast<int>(from.host.size()), args.i64(3)));
}

std::int64_t lseek(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds->host(args.i32(0));
  return fd < 0 ? -EBADF : result_of(::lseek(fd, args.i64(1), args.i32(2)));
}

// An offset of -1 means the file's own position.
std::int64_t preadv2(Kernel& kernel, const Args& args) {
  if (args.i64(3) == -1 && args.u32(5) == 0) return readv(kernel, args);
  const int fd = kernel.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const GuestVectors to = guest_vectors(kernel, args[1], args[2], kFill);
  if (to.error != 0) return to.error;
  const int count = static_cast<int>(to.host.size());
  return result_of(::preadv2(fd, to.host.data(), count, args.i64(3), args.i32(5)));
}

std::int64_t pwritev2(Kernel& kernel, const Args& args) {
  if (args.i64(3) == -1 && args.u32(5) == 0) return writev(kernel, args);
  const int fd = kernel.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const GuestVectors from = guest_vectors(kernel, args[1], args[2], kDrain);
  if (from.error != 0) return from.error;
  const int count = static_cast<int>(from.host.size());
  return written(kernel, ::pwritev2(fd, from.host.data(), count, args.i64(3), args.i32(5)));
}

}  // namespace m2sim::emu::sys
