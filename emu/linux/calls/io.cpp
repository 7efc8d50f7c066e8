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

#include "emu/linux/calls/guest_buffer.h"
#include "emu/linux/calls/held_sigpipe.h"
#include "emu/linux/calls/own_files.h"
#include "emu/linux/calls/size_limits.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/linux/calls/waiting.h"
#include "emu/linux/pty.h"

namespace m2sim::emu::sys {

namespace {

// A single part is moved as read() and write() do: a file may tell them from vectors when it is empty.
std::int64_t read_host(const OpenFile& file, std::span<const iovec> parts) {
  return parts.size() == 1 ? ::read(file.host, parts[0].iov_base, parts[0].iov_len)
                           : ::readv(file.host, parts.data(), static_cast<int>(parts.size()));
}

std::int64_t read_when_ready(Process& process, const OpenFile& file, std::span<iovec> parts) {
  std::int64_t result = when_ready(process, file, POLLIN, size_of(parts) == 0,
                                   [&] { return result_of(read_host(file, parts)); });
  // Nothing came in the time that a terminal waits for its first byte: that is no error there.
  if (result == -EAGAIN && timed_out(process) && !file.nature().socket) return 0;
  if (result <= 0 || !reads_on(file)) return result;
  // What the host's worker had not moved yet when the first read took the rest.
  for (std::int64_t more = result; more > 0; result += std::max(more, std::int64_t{0})) {
    parts = behind(parts, static_cast<std::uint64_t>(more));
    if (parts.empty()) break;
    more = ::readv(file.host, parts.data(), static_cast<int>(parts.size()));
  }
  return result;
}

std::int64_t write_to_host(const OpenFile& file, std::span<const iovec> parts) {
  const HeldSigpipe held(file);
  return result_of(parts.size() == 1 ? ::write(file.host, parts[0].iov_base, parts[0].iov_len)
                                     : ::writev(file.host, parts.data(), static_cast<int>(parts.size())));
}

void written_to_terminal(Process& process, const OpenFile& end, std::span<const iovec> parts,
                         std::int64_t bytes, int before) {
  settle(end, before);
  if (end.pty->master.lock().get() != &end) return;
  auto left = static_cast<std::size_t>(bytes);
  for (const iovec& part : parts) {
    const std::size_t here = std::min(left, part.iov_len);
    typed(process.kernel, end, {static_cast<const std::byte*>(part.iov_base), here});
    left -= here;
  }
}

// A pipe or a socket takes what it has room for; a caller that may wait is done when all is written.
std::int64_t write_parts(Process& process, OpenFile& file, std::span<iovec> parts) {
  if (const auto done = write_own(process, file, parts, std::nullopt)) return *done;
  Wait& wait = process.task->wait;
  if (wait.progress != 0) parts = behind(parts, wait.progress);
  if (file.kind == OpenFile::Kind::kPlain) {
    const std::int64_t allowed = allowed_bytes_here(process, file.host, size_of(parts));
    if (allowed < 0) return allowed;
    parts = first_of(parts, static_cast<std::uint64_t>(allowed));
  }
  const bool in_parts = file.never_blocks_host() && !file.nonblocking;
  while (true) {
    const int before = file.pty == nullptr ? 0 : waiting_at_master(*file.pty);
    const std::int64_t done =
        when_ready(process, file, POLLOUT, size_of(parts) == 0, [&] { return write_to_host(file, parts); });
    if (done == kBlocked && !wait.interrupted) return done;
    if (done < 0 && wait.progress != 0) return static_cast<std::int64_t>(wait.progress);
    if (done < 0) return written(process, done);
    if (file.kind == OpenFile::Kind::kPlain) file_changed(process, file.host);
    if (file.pty != nullptr) written_to_terminal(process, file, parts, done, before);
    wait.progress += static_cast<std::uint64_t>(done);
    parts = behind(parts, static_cast<std::uint64_t>(done));
    if (!in_parts || parts.empty()) return static_cast<std::int64_t>(wait.progress);
  }
}

}  // namespace

namespace {

std::int64_t written_at(Process& process, const OpenFile& file, std::int64_t host) {
  const std::int64_t result = written(process, result_of(host));
  if (result > 0) file_changed(process, file.host);
  return result;
}

}  // namespace

std::int64_t written(Process& process, std::int64_t result) {
  if (result == -EPIPE) process.kernel.post(*process.task, {SIGPIPE, SI_USER, {}});
  return result;
}

std::int64_t read(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  const GuestBuffer to = guest_buffer(process, args[1], args[2], kFill);
  if (to.fault) return -EFAULT;
  iovec part{to.data, to.size};
  if (const auto done = read_own(process, *file, {&part, 1}, std::nullopt)) return *done;
  return read_when_ready(process, *file, {&part, 1});
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
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  const GuestBuffer to = guest_buffer(process, args[1], args[2], kFill);
  if (to.fault) return -EFAULT;
  const iovec part{to.data, to.size};
  if (const auto done = read_own(process, *file, {&part, 1}, args.i64(3))) return *done;
  return result_of(::pread(file->host, to.data, to.size, args.i64(3)));
}

std::int64_t pwrite64(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  const GuestBuffer from = guest_buffer(process, args[1], args[2], kDrain);
  if (from.fault) return -EFAULT;
  const iovec part{from.data, from.size};
  if (const auto done = write_own(process, *file, {&part, 1}, args.i64(3))) return *done;
  const std::int64_t size = allowed_bytes(process, file->host, args.i64(3), from.size);
  if (size < 0) return size;
  return written_at(process, *file,
                    ::pwrite(file->host, from.data, static_cast<std::size_t>(size), args.i64(3)));
}

std::int64_t readv(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  GuestVectors to = guest_vectors(process, args[1], args[2], kFill);
  if (to.error != 0) return to.error;
  if (const auto done = read_own(process, *file, to.host, std::nullopt)) return *done;
  return read_when_ready(process, *file, to.host);
}

std::int64_t writev(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  GuestVectors from = guest_vectors(process, args[1], args[2], kDrain);
  return from.error != 0 ? from.error : write_parts(process, *file, from.host);
}

std::int64_t preadv(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  const GuestVectors to = guest_vectors(process, args[1], args[2], kFill);
  if (to.error != 0) return to.error;
  if (const auto done = read_own(process, *file, to.host, args.i64(3))) return *done;
  return result_of(::preadv(file->host, to.host.data(), static_cast<int>(to.host.size()), args.i64(3)));
}

std::int64_t pwritev(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  GuestVectors from = guest_vectors(process, args[1], args[2], kDrain);
  if (from.error != 0) return from.error;
  if (const auto done = write_own(process, *file, from.host, args.i64(3))) return *done;
  const std::int64_t size = allowed_bytes(process, file->host, args.i64(3), size_of(from.host));
  if (size < 0) return size;
  const std::span<iovec> parts = first_of(from.host, static_cast<std::uint64_t>(size));
  return written_at(process, *file,
                    ::pwritev(file->host, parts.data(), static_cast<int>(parts.size()), args.i64(3)));
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
  GuestVectors from = guest_vectors(process, args[1], args[2], kDrain);
  if (from.error != 0) return from.error;
  const std::int64_t size = args.i64(3) == -1
                                ? allowed_bytes_here(process, file->host, size_of(from.host))
                                : allowed_bytes(process, file->host, args.i64(3), size_of(from.host));
  if (size < 0) return size;
  const std::span<iovec> parts = first_of(from.host, static_cast<std::uint64_t>(size));
  const int count = static_cast<int>(parts.size());
  const HeldSigpipe held(*file);
  return written_at(process, *file, ::pwritev2(file->host, parts.data(), count, args.i64(3), args.i32(5)));
}

}  // namespace m2sim::emu::sys
