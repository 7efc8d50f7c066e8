// Sockets: making them, naming them, connecting them, their options.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "emu/linux/calls/network/socket_address.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/linux/calls/waiting.h"

namespace m2sim::emu::sys {

namespace {

using NameCall = int (*)(int, sockaddr*, socklen_t*);

std::int64_t name_of_socket(Process& process, const Args& args, NameCall call) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  SocketAddress address;
  address.size = SocketAddress::kMost;
  if (call(fd, address.host(), &address.size) != 0) return -std::int64_t{errno};
  name_for_guest(process, address);
  return return_sized(process, args[1], args[2], address.bytes.data(), address.size);
}

std::int64_t added(Process& process, int fd, int type, OpenFile::Kind kind = OpenFile::Kind::kSocket) {
  if (fd < 0) return -std::int64_t{errno};
  return process.fds->add(fd, (type & SOCK_CLOEXEC) != 0, kind, (type & SOCK_NONBLOCK) != 0);
}

// Others reach into the host: its packets, its crypto, its virtual machines.
bool known_family(int family) {
  return family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK;
}

// Values that are, or hold, addresses of memory would be taken for the simulator's.
bool holds_pointer(int level, int option) {
  constexpr int kFirewall = 64;  // of IPv4 and IPv6: xtables and arptables begin here
  constexpr int kFirewallEnd = 66;
  constexpr int kReuseportFilter = 51;  // SO_ATTACH_REUSEPORT_CBPF
  constexpr int kZeroCopyReceive = 35;  // TCP_ZEROCOPY_RECEIVE
  if (level == SOL_SOCKET) return option == SO_ATTACH_FILTER || option == kReuseportFilter;
  if (level == IPPROTO_TCP) return option == kZeroCopyReceive;
  if (level == IPPROTO_IP) return option >= kFirewall;
  return level == IPPROTO_IPV6 && option >= kFirewall && option < kFirewallEnd;
}

}  // namespace

std::int64_t socket(Process& process, const Args& args) {
  if (!known_family(args.i32(0))) return -EAFNOSUPPORT;
  return added(process, ::socket(args.i32(0), args.i32(1) | SOCK_CLOEXEC, args.i32(2)), args.i32(1));
}

std::int64_t socketpair(Process& process, const Args& args) {
  int host[2];
  if (!known_family(args.i32(0))) return -EAFNOSUPPORT;
  if (::socketpair(args.i32(0), args.i32(1) | SOCK_CLOEXEC, args.i32(2), host) != 0)
    return -std::int64_t{errno};
  const std::int64_t first = added(process, host[0], args.i32(1), OpenFile::Kind::kInner);
  const std::int64_t second = added(process, host[1], args.i32(1), OpenFile::Kind::kInner);
  const int guest[2] = {static_cast<int>(first), static_cast<int>(second)};
  if (first >= 0 && second >= 0 && process.memory().write(args[3], guest, sizeof(guest))) return 0;
  process.fds->close(guest[0]);
  process.fds->close(guest[1]);
  return first < 0 || second < 0 ? -EMFILE : -EFAULT;
}

std::int64_t bind(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  SocketAddress address = address_argument(process, args[1], args.u32(2), true);
  if (address.error != 0) return address.error;
  // A socket's file gets the permissions of the socket.
  struct stat status {};
  const bool makes_file = address.host()->sa_family == AF_UNIX && ::fstat(fd, &status) == 0;
  if (makes_file) ::fchmod(fd, process.mode_of_new_file(status.st_mode & 07777));
  const std::int64_t result = result_of(::bind(fd, address.host(), address.size));
  if (makes_file) ::fchmod(fd, status.st_mode & 07777);
  return result;
}

// The host's socket never blocks: a caller that may wait is told when the connection is there.
std::int64_t connect(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  SocketAddress address = address_argument(process, args[1], args.u32(2));
  if (address.error != 0) return address.error;
  // Called again it also takes the error of a connection that failed, so that the socket can try another.
  const std::int64_t result = result_of(::connect(file->host, address.host(), address.size));
  const bool begun = result == -EINPROGRESS || result == -EALREADY;
  if (file->nonblocking || (!begun && result != -EAGAIN)) return result;
  Wait& wait = process.task->wait;
  if (!wait.again && result == -EALREADY) wait.progress = 1;  // an earlier call has begun it
  // The queue of a local listener is full: nothing tells when it no longer is.
  const std::int64_t sleep = sleep_for_file(process, *file, POLLOUT, begun);
  wait.outside = true;
  if (sleep != -EAGAIN || !begun) return sleep;
  return wait.progress != 0 ? -EALREADY : -EINPROGRESS;
}

std::int64_t listen(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  return fd < 0 ? -EBADF : result_of(::listen(fd, args.i32(1)));
}

std::int64_t accept4(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  if ((args.i32(3) & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) != 0) return -EINVAL;
  int listens = 0;
  socklen_t size = sizeof(listens);
  if (::getsockopt(file->host, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0) return -std::int64_t{errno};
  if (listens == 0) return -EINVAL;
  SocketAddress address;
  address.size = SocketAddress::kMost;
  const std::int64_t peer = when_ready(process, *file, POLLIN, false, [&] {
    return result_of(::accept4(file->host, address.host(), &address.size, args.i32(3) | SOCK_CLOEXEC));
  });
  if (peer < 0) return peer;
  const std::int64_t guest = added(process, static_cast<int>(peer), args.i32(3));
  if (guest < 0 || args[1] == 0) return guest;
  name_for_guest(process, address);
  const std::int64_t error = return_sized(process, args[1], args[2], address.bytes.data(), address.size);
  if (error != 0) process.fds->close(static_cast<int>(guest));
  return error != 0 ? error : guest;
}

std::int64_t accept(Process& process, const Args& args) {
  return accept4(process, {{args[0], args[1], args[2], 0, 0, 0}});
}

std::int64_t getsockname(Process& process, const Args& args) {
  return name_of_socket(process, args, ::getsockname);
}
std::int64_t getpeername(Process& process, const Args& args) {
  return name_of_socket(process, args, ::getpeername);
}

std::int64_t shutdown(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  return fd < 0 ? -EBADF : result_of(::shutdown(fd, args.i32(1)));
}

namespace {

constexpr std::size_t kMostOption = 1024;  // struct tcp_info has some 250 bytes

}  // namespace

std::int64_t setsockopt(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  if (holds_pointer(args.i32(1), args.i32(2))) return -ENOPROTOOPT;
  std::array<std::byte, kMostOption> value{};
  if (args.u32(4) > value.size()) return -EINVAL;
  if (!process.memory().read(args[3], value.data(), args.u32(4))) return -EFAULT;
  return result_of(::setsockopt(fd, args.i32(1), args.i32(2), value.data(), args.u32(4)));
}

std::int64_t getsockopt(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  if (holds_pointer(args.i32(1), args.i32(2))) return -ENOPROTOOPT;
  std::array<std::byte, kMostOption> value{};
  socklen_t room = 0;
  if (!process.memory().read_value(args[4], room)) return -EFAULT;
  if (static_cast<std::int32_t>(room) < 0) return -EINVAL;
  socklen_t size = std::min<socklen_t>(room, kMostOption);
  if (::getsockopt(fd, args.i32(1), args.i32(2), value.data(), &size) != 0) return -std::int64_t{errno};
  // The peer of a guest is one: of the host's processes it would be the simulator.
  if (args.i32(1) == SOL_SOCKET && args.i32(2) == SO_PEERCRED && size >= sizeof(ucred)) {
    ucred peer{};
    std::memcpy(&peer, value.data(), sizeof(peer));
    const bool guest = peer.pid == ::getpid();
    peer.pid = process.pid;
    if (guest) peer.uid = process.credentials.user().effective;
    if (guest) peer.gid = process.credentials.group().effective;
    std::memcpy(value.data(), &peer, sizeof(peer));
  }
  return return_sized(process, args[3], args[4], value.data(), size);
}

}  // namespace m2sim::emu::sys
