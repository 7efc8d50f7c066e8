// Moving bytes between descriptors without a buffer of the guest's.
#include <fcntl.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "emu/linux/calls/guest_buffer.h"
#include "emu/linux/calls/held_sigpipe.h"
#include "emu/linux/calls/size_limits.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/linux/calls/waiting.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::uint32_t kKnownFlags = 15;  // SPLICE_F_MOVE, _NONBLOCK, _MORE, _GIFT

std::int64_t moved(Process& process, const OpenFile& out, std::int64_t result) {
  if (result > 0 && out.kind == OpenFile::Kind::kPlain) file_changed(process, out.host);
  return written(process, result);
}

// From file to file by the host's call, once both are ready. `call` gives bytes or -errno.
template <class Call>
std::int64_t move_when_ready(Process& process, const OpenFile& in, const OpenFile& out, bool waits,
                             const Call& call) {
  std::int64_t wait = wait_for_file(process, in, POLLIN);
  if (wait == 0) wait = wait_for_file(process, out, POLLOUT);
  const bool asks = wait == 0 || (answers_at_once(in, POLLIN, false) && answers_at_once(out, POLLOUT, false));
  std::int64_t result = wait;
  if (asks) {
    const HeldSigpipe held(out);
    result = call();
  }
  if (result != -EAGAIN && result != kBlocked) return moved(process, out, result);
  if (!waits) return -EAGAIN;
  return wait != 0 ? wait : sleep_for_file(process, out, POLLOUT, false);
}

// An optional file offset of the guest's.
struct Offset {
  std::uint64_t at;
  off64_t value = 0;
  off64_t* host() { return at == 0 ? nullptr : &value; }
  bool read(const Process& process) { return at == 0 || process.memory().read_value(at, value); }
  bool write(const Process& process) const { return at == 0 || process.memory().write_value(at, value); }
};

std::int64_t allowed_at(Process& process, int host, const Offset& to, std::uint64_t bytes) {
  return to.at == 0 ? allowed_bytes_here(process, host, bytes)
                    : allowed_bytes(process, host, to.value, bytes);
}

}  // namespace

std::int64_t splice(Process& process, const Args& args) {
  const auto in = process.fds->file(args.i32(0));
  const auto out = process.fds->file(args.i32(2));
  Offset from{args[1]};
  Offset to{args[3]};
  if ((args.u32(5) & ~kKnownFlags) != 0) return -EINVAL;
  if (args[4] == 0) return 0;
  if (in == nullptr || out == nullptr) return -EBADF;
  if (in->is_special() || out->is_special()) return -EINVAL;
  if (!from.read(process) || !to.read(process)) return -EFAULT;
  const bool waits = (args.u32(5) & SPLICE_F_NONBLOCK) == 0 && !in->nonblocking && !out->nonblocking;
  const std::int64_t result = move_when_ready(process, *in, *out, waits, [&] {
    const std::int64_t size = allowed_at(process, out->host, to, std::min(args[4], kMostBytes));
    if (size < 0) return size;
    return result_of(::splice(in->host, from.host(), out->host, to.host(), static_cast<std::size_t>(size),
                              args.u32(5) | SPLICE_F_NONBLOCK));
  });
  return from.write(process) && to.write(process) ? result : -EFAULT;
}

std::int64_t tee(Process& process, const Args& args) {
  const auto in = process.fds->file(args.i32(0));
  const auto out = process.fds->file(args.i32(1));
  if ((args.u32(3) & ~kKnownFlags) != 0) return -EINVAL;
  if (args[2] == 0) return 0;
  if (in == nullptr || out == nullptr) return -EBADF;
  if (in->is_special() || out->is_special()) return -EINVAL;
  const bool waits = (args.u32(3) & SPLICE_F_NONBLOCK) == 0 && !in->nonblocking && !out->nonblocking;
  return move_when_ready(process, *in, *out, waits, [&] {
    const std::size_t size = std::min(args[2], kMostBytes);
    return result_of(::tee(in->host, out->host, size, args.u32(3) | SPLICE_F_NONBLOCK));
  });
}

// The pages are copied: nobody can see the difference but by changing them afterwards, which is undefined.
std::int64_t vmsplice(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if ((args.u32(3) & ~kKnownFlags) != 0) return -EINVAL;
  if (fd < 0) return -EBADF;
  if (::fcntl(fd, F_GETPIPE_SZ) < 0) return -EBADF;
  const bool reads = (::fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY;
  const std::int64_t result = reads ? readv(process, args) : writev(process, args);
  if (result != kBlocked) return result;
  // What there was room for is enough.
  const std::uint64_t moved = process.task->wait.progress;
  if (moved != 0) return static_cast<std::int64_t>(moved);
  return (args.u32(3) & SPLICE_F_NONBLOCK) != 0 ? -EAGAIN : result;
}

std::int64_t sendfile(Process& process, const Args& args) {
  const auto out = process.fds->file(args.i32(0));
  const auto in = process.fds->file(args.i32(1));
  if (out == nullptr || in == nullptr) return -EBADF;
  if (out->is_special()) return -EINVAL;
  Offset from{args[2]};
  if (!from.read(process)) return -EFAULT;
  Wait& wait = process.task->wait;
  const std::uint64_t wanted = std::min(args[3], kMostBytes);
  const bool can_wait = out->never_blocks_host() && !out->nonblocking;
  const bool in_parts = can_wait && ::fcntl(out->host, F_GETPIPE_SZ) < 0;  // a pipe is filled once
  std::int64_t result = 0;
  while (true) {
    result = when_ready(process, *out, POLLOUT, false, [&] {
      const std::int64_t size = allowed_bytes_here(process, out->host, wanted - wait.progress);
      if (size < 0) return size;
      const HeldSigpipe held(*out);
      return result_of(::sendfile(out->host, in->host, from.host(), static_cast<std::size_t>(size)));
    });
    result = moved(process, *out, result);
    if (result > 0) wait.progress += static_cast<std::uint64_t>(result);
    if (result <= 0 || !in_parts || wait.progress >= wanted) break;
  }
  // So that it goes on from there when it is called again.
  if (!from.write(process)) return -EFAULT;
  const bool goes_on = result == kBlocked && !wait.interrupted;
  return goes_on || (result < 0 && wait.progress == 0) ? result : static_cast<std::int64_t>(wait.progress);
}

std::int64_t copy_file_range(Process& process, const Args& args) {
  const int in = process.fds->host(args.i32(0));
  const int out = process.fds->host(args.i32(2));
  if (in < 0 || out < 0) return -EBADF;
  if (args.u32(5) != 0) return -EINVAL;
  Offset from{args[1]};
  Offset to{args[3]};
  if (!from.read(process) || !to.read(process)) return -EFAULT;
  const std::int64_t size = allowed_at(process, out, to, std::min(args[4], kMostBytes));
  if (size < 0) return size;
  const std::int64_t result =
      result_of(::copy_file_range(in, from.host(), out, to.host(), static_cast<std::size_t>(size), 0));
  if (result > 0) file_changed(process, out);
  return from.write(process) && to.write(process) ? result : -EFAULT;
}

}  // namespace m2sim::emu::sys
