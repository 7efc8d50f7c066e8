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

#include "emu/linux/calls/event_files.h"
#include "emu/linux/calls/guest_buffer.h"
#include "emu/linux/calls/held_sigpipe.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/linux/calls/waiting.h"
#include "emu/linux/files/proc_files.h"

namespace m2sim::emu::sys {

namespace {

// What is written to a file of /proc means something; its stand-in knows whether writing is allowed.
std::int64_t write_made_up(Process& process, const OpenFile& file, std::span<const iovec> parts) {
  const std::int64_t done = result_of(::writev(file.host, parts.data(), static_cast<int>(parts.size())));
  std::string text;
  for (const iovec& part : parts) text.append(static_cast<const char*>(part.iov_base), part.iov_len);
  const std::int64_t error = done < 0 ? done : emu::write_made_up(process, file.made_up, std::move(text));
  return error < 0 ? error : done;
}

std::int64_t read_random(Process& process, std::span<const iovec> parts) {
  std::int64_t done = 0;
  for (const iovec& part : parts) {
    process.kernel.random.fill(part.iov_base, part.iov_len);
    done += static_cast<std::int64_t>(part.iov_len);
  }
  return done;
}

std::int64_t write_to_host(const OpenFile& file, std::span<const iovec> parts) {
  const HeldSigpipe held(file);
  return ::writev(file.host, parts.data(), static_cast<int>(parts.size()));
}

// A pipe or a socket takes what it has room for; a caller that may wait is done when all is written.
std::int64_t write_parts(Process& process, const OpenFile& file, std::span<iovec> parts) {
  if (file.is_special()) return -EINVAL;
  if (!file.made_up.empty()) return write_made_up(process, file, parts);
  Wait& wait = process.task->wait;
  parts = behind(parts, wait.progress);
  const bool in_parts = file.never_blocks_host() && !file.nonblocking;
  while (true) {
    // Someone else may still fill the pipe first; the host then says so.
    const std::int64_t not_ready = wait_for_file(process, file, POLLOUT);
    if (not_ready == kBlocked && wait.interrupted && wait.progress != 0) {
      return static_cast<std::int64_t>(wait.progress);
    }
    if (not_ready != 0) return not_ready;
    const std::int64_t done = write_to_host(file, parts);
    if (in_parts && done < 0 && errno == EAGAIN) {
      // Room for less than an atomic write needs: wait for more of it.
      wait.files = {{file.host, POLLOUT, 0}};
      return kBlocked;
    }
    if (done < 0 && wait.progress != 0) return static_cast<std::int64_t>(wait.progress);
    if (done < 0) return written(process, done);
    wait.progress += static_cast<std::uint64_t>(done);
    parts = behind(parts, static_cast<std::uint64_t>(done));
    if (!in_parts || parts.empty()) return static_cast<std::int64_t>(wait.progress);
  }
}

}  // namespace

std::int64_t written(Process& process, std::int64_t host) {
  const std::int64_t result = result_of(host);
  if (result == -EPIPE) process.kernel.post(*process.task, {SIGPIPE, SI_USER, {}});
  return result;
}

std::int64_t read(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  const GuestBuffer to = guest_buffer(process, args[1], args[2], kFill);
  if (to.fault) return -EFAULT;
  if (std::holds_alternative<SignalFile>(file->special))
    return read_signals(process, *file, to.data, to.size);
  if (file->random) {
    const iovec part{to.data, to.size};
    return read_random(process, {&part, 1});
  }
  const std::int64_t wait = wait_for_file(process, *file, POLLIN);
  return wait != 0 ? wait : result_of(::read(file->host, to.data, to.size));
}

std::int64_t write(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  const GuestBuffer from = guest_buffer(process, args[1], args[2], kDrain);
  if (from.fault) return -EFAULT;
  iovec part{from.data, from.size};
  return write_parts(process, *file, {&part, 1});
}

std::int64_t pread64(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const GuestBuffer to = guest_buffer(process, args[1], args[2], kFill);
  return to.fault ? -EFAULT : result_of(::pread(fd, to.data, to.size, args.i64(3)));
}

std::int64_t pwrite64(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const GuestBuffer from = guest_buffer(process, args[1], args[2], kDrain);
  return from.fault ? -EFAULT : written(process, ::pwrite(fd, from.data, from.size, args.i64(3)));
}

std::int64_t readv(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  const GuestVectors to = guest_vectors(process, args[1], args[2], kFill);
  if (to.error != 0) return to.error;
  if (file->random) return read_random(process, to.host);
  const std::int64_t wait = wait_for_file(process, *file, POLLIN);
  if (wait != 0) return wait;
  return result_of(::readv(file->host, to.host.data(), static_cast<int>(to.host.size())));
}

std::int64_t writev(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  GuestVectors from = guest_vectors(process, args[1], args[2], kDrain);
  return from.error != 0 ? from.error : write_parts(process, *file, from.host);
}

std::int64_t preadv(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const GuestVectors to = guest_vectors(process, args[1], args[2], kFill);
  if (to.error != 0) return to.error;
  return result_of(::preadv(fd, to.host.data(), static_cast<int>(to.host.size()), args.i64(3)));
}

std::int64_t pwritev(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const GuestVectors from = guest_vectors(process, args[1], args[2], kDrain);
  if (from.error != 0) return from.error;
  return written(process, ::pwritev(fd, from.host.data(), static_cast<int>(from.host.size()), args.i64(3)));
}

std::int64_t lseek(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  return fd < 0 ? -EBADF : result_of(::lseek(fd, args.i64(1), args.i32(2)));
}

// An offset of -1 means the file's own position.
std::int64_t preadv2(Process& process, const Args& args) {
  if (args.i64(3) == -1 && args.u32(5) == 0) return readv(process, args);
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const GuestVectors to = guest_vectors(process, args[1], args[2], kFill);
  if (to.error != 0) return to.error;
  const int count = static_cast<int>(to.host.size());
  return result_of(::preadv2(fd, to.host.data(), count, args.i64(3), args.i32(5)));
}

std::int64_t pwritev2(Process& process, const Args& args) {
  if (args.i64(3) == -1 && args.u32(5) == 0) return writev(process, args);
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  const GuestVectors from = guest_vectors(process, args[1], args[2], kDrain);
  if (from.error != 0) return from.error;
  const int count = static_cast<int>(from.host.size());
  const HeldSigpipe held(*file);
  return written(process, ::pwritev2(file->host, from.host.data(), count, args.i64(3), args.i32(5)));
}

}  // namespace m2sim::emu::sys
