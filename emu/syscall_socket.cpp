// Sockets. Addresses and option values have the same layout on every Linux with our byte order.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "emu/syscalls.h"
#include "emu/time_limit.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::size_t kMostAddress = 128;  // struct sockaddr_storage
constexpr std::uint64_t kMostTransfer = std::uint64_t{1} << 20U;

struct Address {
  std::array<std::byte, kMostAddress> bytes{};
  socklen_t size = 0;
  std::int64_t error = 0;

  sockaddr* host() { return reinterpret_cast<sockaddr*>(bytes.data()); }
};

Address address_argument(const Kernel& kernel, std::uint64_t at, std::uint32_t size) {
  Address address;
  if (size > kMostAddress) {
    address.error = -EINVAL;
  } else if (!kernel.memory().read(at, address.bytes.data(), size)) {
    address.error = -EFAULT;
  }
  address.size = size;
  return address;
}

// Value and length as getsockname and its relatives return them: as much as fits, and the full length.
std::int64_t return_sized(Kernel& kernel, std::uint64_t to, std::uint64_t length_at, const std::byte* bytes,
                          socklen_t size) {
  socklen_t room = 0;
  if (!kernel.memory().read_value(length_at, room)) return -EFAULT;
  if (!kernel.memory().write(to, bytes, std::min(room, size))) return -EFAULT;
  return kernel.memory().write_value(length_at, size) ? 0 : -EFAULT;
}

using NameCall = int (*)(int, sockaddr*, socklen_t*);

std::int64_t name_of_socket(Kernel& kernel, const Args& args, NameCall call) {
  const int fd = kernel.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  Address address;
  address.size = kMostAddress;
  if (call(fd, address.host(), &address.size) != 0) return -std::int64_t{errno};
  return return_sized(kernel, args[1], args[2], address.bytes.data(), address.size);
}

std::int64_t added(Kernel& kernel, int fd, int type, OpenFile::Kind kind = OpenFile::Kind::kSocket) {
  if (fd < 0) return -std::int64_t{errno};
  return kernel.fds->add(fd, (type & SOCK_CLOEXEC) != 0, kind, (type & SOCK_NONBLOCK) != 0);
}

}  // namespace

std::int64_t socket(Kernel& kernel, const Args& args) {
  return added(kernel, ::socket(args.i32(0), args.i32(1) | SOCK_CLOEXEC, args.i32(2)), args.i32(1));
}

std::int64_t socketpair(Kernel& kernel, const Args& args) {
  int host[2];
  if (::socketpair(args.i32(0), args.i32(1) | SOCK_CLOEXEC, args.i32(2), host) != 0)
    return -std::int64_t{errno};
  const std::int64_t first = added(kernel, host[0], args.i32(1), OpenFile::Kind::kInner);
  const std::int64_t second = added(kernel, host[1], args.i32(1), OpenFile::Kind::kInner);
  const int guest[2] = {static_cast<int>(first), static_cast<int>(second)};
  if (first >= 0 && second >= 0 && kernel.memory().write(args[3], guest, sizeof(guest))) return 0;
  kernel.fds->close(guest[0]);
  kernel.fds->close(guest[1]);
  return first < 0 || second < 0 ? -EMFILE : -EFAULT;
}

std::int64_t bind(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds->host(args.i32(0));
  Address address = address_argument(kernel, args[1], args.u32(2));
  if (fd < 0) return -EBADF;
  return address.error != 0 ? address.error : result_of(::bind(fd, address.host(), address.size));
}

// The host's socket never blocks: a caller that may wait is told when the connection is there.
std::int64_t connect(Kernel& kernel, const Args& args) {
  const auto file = kernel.fds->file(args.i32(0));
  Address address = address_argument(kernel, args[1], args.u32(2));
  if (file == nullptr) return -EBADF;
  if (address.error != 0) return address.error;
  if (kernel.task->wait.again) {
    const std::int64_t wait = wait_for_file(kernel, *file, POLLOUT);
    if (wait != 0) return wait;
    int error = 0;
    socklen_t size = sizeof(error);
    if (::getsockopt(file->host, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return -std::int64_t{errno};
    return -error;
  }
  const std::int64_t result = result_of(::connect(file->host, address.host(), address.size));
  if (result != -EINPROGRESS || file->nonblocking) return result;
  kernel.task->wait.files = {{file->host, POLLOUT, 0}};
  kernel.task->wait.outside = true;
  return kBlocked;
}

std::int64_t listen(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds->host(args.i32(0));
  return fd < 0 ? -EBADF : result_of(::listen(fd, args.i32(1)));
}

std::int64_t accept4(Kernel& kernel, const Args& args) {
  const auto file = kernel.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  const std::int64_t wait = wait_for_file(kernel, *file, POLLIN);
  if (wait != 0) return wait;
  Address address;
  address.size = kMostAddress;
  const int peer = ::accept4(file->host, address.host(), &address.size, args.i32(3) | SOCK_CLOEXEC);
  const std::int64_t guest = added(kernel, peer, args.i32(3));
  if (guest < 0 || args[1] == 0) return guest;
  const std::int64_t error = return_sized(kernel, args[1], args[2], address.bytes.data(), address.size);
  if (error != 0) kernel.fds->close(static_cast<int>(guest));
  return error != 0 ? error : guest;
}

std::int64_t accept(Kernel& kernel, const Args& args) {
  return accept4(kernel, {{args[0], args[1], args[2], 0, 0, 0}});
}

std::int64_t getsockname(Kernel& kernel, const Args& args) {
  return name_of_socket(kernel, args, ::getsockname);
}
std::int64_t getpeername(Kernel& kernel, const Args& args) {
  return name_of_socket(kernel, args, ::getpeername);
}

std::int64_t shutdown(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds->host(args.i32(0));
  return fd < 0 ? -EBADF : result_of(::shutdown(fd, args.i32(1)));
}

std::int64_t setsockopt(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  const Address value = address_argument(kernel, args[3], args.u32(4));
  if (value.error != 0) return value.error;
  return result_of(::setsockopt(fd, args.i32(1), args.i32(2), value.bytes.data(), value.size));
}

std::int64_t getsockopt(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  Address value;
  value.size = kMostAddress;
  if (::getsockopt(fd, args.i32(1), args.i32(2), value.bytes.data(), &value.size) != 0) {
    return -std::int64_t{errno};
  }
  return return_sized(kernel, args[3], args[4], value.bytes.data(), value.size);
}

std::int64_t sendto(Kernel& kernel, const Args& args) {
  const auto file = kernel.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  std::vector<std::byte> data(std::min(args[2], kMostTransfer));
  if (!kernel.memory().read(args[1], data.data(), data.size())) return -EFAULT;
  Address to = address_argument(kernel, args[4], args[4] == 0 ? 0 : args.u32(5));
  if (to.error != 0) return to.error;
  sockaddr* host = args[4] == 0 ? nullptr : to.host();
  const bool waits = !file->nonblocking && (args.i32(3) & MSG_DONTWAIT) == 0;
  Wait& wait = kernel.task->wait;
  while (true) {
    if (waits) {
      const std::int64_t not_ready = wait_for_file(kernel, *file, POLLOUT);
      if (not_ready == kBlocked && wait.interrupted && wait.progress != 0) break;
      if (not_ready != 0) return not_ready;
    }
    // The host must not raise SIGPIPE; whether the guest gets one is its own flag's business.
    const ssize_t sent = ::sendto(file->host, data.data() + wait.progress, data.size() - wait.progress,
                                  args.i32(3) | MSG_NOSIGNAL, host, to.size);
    if (sent < 0 && wait.progress != 0) break;
    if (sent < 0) return (args.i32(3) & MSG_NOSIGNAL) != 0 ? result_of(sent) : written(kernel, sent);
    wait.progress += static_cast<std::uint64_t>(sent);
    if (!waits || wait.progress == data.size()) break;
  }
  return static_cast<std::int64_t>(wait.progress);
}

std::int64_t recvfrom(Kernel& kernel, const Args& args) {
  const auto file = kernel.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  if ((args.i32(3) & (MSG_DONTWAIT | MSG_ERRQUEUE)) == 0) {
    const std::int64_t wait = wait_for_file(kernel, *file, POLLIN);
    if (wait != 0) return wait;
  }
  std::vector<std::byte> data(std::min(args[2], kMostTransfer));
  Address from;
  from.size = kMostAddress;
  const std::int64_t got =
      result_of(::recvfrom(file->host, data.data(), data.size(), args.i32(3), from.host(), &from.size));
  if (got < 0) return got;
  if (!kernel.memory().write(args[1], data.data(), std::min(static_cast<std::uint64_t>(got), data.size()))) {
    return -EFAULT;
  }
  if (args[4] == 0) return got;
  const std::int64_t error = return_sized(kernel, args[4], args[5], from.bytes.data(), from.size);
  return error != 0 ? error : got;
}

}  // namespace m2sim::emu::sys
