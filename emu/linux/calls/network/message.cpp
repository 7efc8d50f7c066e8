// Sending and receiving on sockets, with what comes along: addresses, descriptors, credentials.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "emu/linux/calls/guest_buffer.h"
#include "emu/linux/calls/network/socket_address.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/linux/calls/waiting.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::uint64_t kMostControl = 20480;  // net.core.optmem_max
constexpr std::uint64_t kControlHeader = sizeof(cmsghdr);

// struct msghdr; the same on every 64-bit Linux.
struct GuestMessage {
  std::uint64_t name;
  std::uint32_t name_size, padding;
  std::uint64_t vectors, vector_count, control, control_size;
  std::uint32_t flags, padding2;
};
static_assert(sizeof(GuestMessage) == 56);

constexpr std::uint64_t aligned(std::uint64_t size) { return (size + 7) & ~std::uint64_t{7}; }

// Replaces descriptors and process ids in control data by the host's. 0 or -errno.
std::int64_t control_for_host(const Process& process, std::vector<std::byte>& control) {
  std::uint64_t at = 0;
  while (control.size() - at >= kControlHeader) {
    cmsghdr header{};
    std::memcpy(&header, control.data() + at, sizeof(header));
    if (header.cmsg_len < kControlHeader || header.cmsg_len > control.size() - at) return -EINVAL;
    std::byte* const data = control.data() + at + kControlHeader;
    const std::uint64_t size = header.cmsg_len - kControlHeader;
    if (header.cmsg_level == SOL_SOCKET && header.cmsg_type == SCM_RIGHTS) {
      for (std::uint64_t i = 0; i + sizeof(int) <= size; i += sizeof(int)) {
        int fd = 0;
        std::memcpy(&fd, data + i, sizeof(fd));
        fd = process.fds->host(fd);
        if (fd < 0) return -EBADF;
        std::memcpy(data + i, &fd, sizeof(fd));
      }
    }
    if (header.cmsg_level == SOL_SOCKET && header.cmsg_type == SCM_CREDENTIALS && size >= sizeof(ucred)) {
      ucred sender{};
      std::memcpy(&sender, data, sizeof(sender));
      const Credentials& caller = process.credentials;
      const bool own_user = caller.user().has(sender.uid) || caller.may(Capability::kSetuid);
      const bool own_group = caller.group().has(sender.gid) || caller.may(Capability::kSetgid);
      if (sender.pid != process.pid || !own_user || !own_group) return -EPERM;
      sender = {::getpid(), ::getuid(), ::getgid()};
      std::memcpy(data, &sender, sizeof(sender));
    }
    if (aligned(header.cmsg_len) > control.size() - at) break;
    at += aligned(header.cmsg_len);
  }
  return 0;
}

// An open file of some guest with this host descriptor's description, if it can be known to be one.
std::shared_ptr<OpenFile> known_file(const Process& caller, int fd) {
  struct stat wanted {};
  if (::fstat(fd, &wanted) != 0 || (!S_ISFIFO(wanted.st_mode) && !S_ISSOCK(wanted.st_mode))) return nullptr;
  const int access = ::fcntl(fd, F_GETFL) & O_ACCMODE;
  for (const auto& process : caller.kernel.processes()) {
    for (int guest = 0; guest < process->fds->size(); ++guest) {
      auto file = process->fds->file(guest);
      struct stat status {};
      if (file == nullptr || ::fstat(file->host, &status) != 0) continue;
      const bool same = status.st_ino == wanted.st_ino && status.st_dev == wanted.st_dev;
      if (same && (::fcntl(file->host, F_GETFL) & O_ACCMODE) == access) return file;
    }
  }
  return nullptr;
}

// A descriptor that came along becomes one of the guest's; -1 when its table is full.
int receive_descriptor(Process& process, int fd, bool close_on_exec) {
  struct stat status {};
  if (std::shared_ptr<OpenFile> file = known_file(process, fd)) {
    ::close(fd);
    return process.fds->add(std::move(file), close_on_exec);
  }
  if (::fstat(fd, &status) != 0) return -1;
  const int flags = ::fcntl(fd, F_GETFL);
  // Its sender has closed it. What never blocks the host may have been made so by us: then the guest's flag
  // is gone with the sender's file, and blocking is the common case.
  const bool waits_here = (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)) && (flags & O_NONBLOCK) != 0;
  if (waits_here) return process.fds->add(fd, close_on_exec, OpenFile::Kind::kSocket, false);
  return process.fds->add(fd, close_on_exec);
}

// Replaces the host's descriptors and process ids in received control data by the guest's.
void control_for_guest(Process& process, std::byte* control, std::uint64_t size, bool close_on_exec) {
  for (std::uint64_t at = 0; size - at >= kControlHeader;) {
    cmsghdr header{};
    std::memcpy(&header, control + at, sizeof(header));
    if (header.cmsg_len < kControlHeader || header.cmsg_len > size - at) break;
    std::byte* const data = control + at + kControlHeader;
    const std::uint64_t length = header.cmsg_len - kControlHeader;
    const bool of_socket = header.cmsg_level == SOL_SOCKET;
    if (of_socket && header.cmsg_type == SCM_RIGHTS) {
      for (std::uint64_t i = 0; i + sizeof(int) <= length; i += sizeof(int)) {
        int fd = 0;
        std::memcpy(&fd, data + i, sizeof(fd));
        const int guest = receive_descriptor(process, fd, close_on_exec);
        std::memcpy(data + i, &guest, sizeof(guest));
      }
    }
    if (of_socket && header.cmsg_type == SCM_CREDENTIALS && length >= sizeof(ucred)) {
      ucred sender{};
      std::memcpy(&sender, data, sizeof(sender));
      // Which guest it was, the host cannot tell.
      const Credentials& own = process.credentials;
      if (sender.pid == ::getpid()) sender = {process.pid, own.user().effective, own.group().effective};
      std::memcpy(data, &sender, sizeof(sender));
    }
    if (aligned(header.cmsg_len) > size - at) break;
    at += aligned(header.cmsg_len);
  }
}

// A message with buffers of the guest; its parts are consumed.
std::int64_t send_message(Process& process, const OpenFile& file, msghdr message, int flags) {
  Wait& wait = process.task->wait;
  const bool waits = !file.nonblocking && (flags & MSG_DONTWAIT) == 0;
  std::span<iovec> parts = behind({message.msg_iov, message.msg_iovlen}, wait.progress);
  while (true) {
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    // The host must not raise SIGPIPE; whether the guest gets one is its own flag's business.
    const auto send = [&] { return result_of(::sendmsg(file.host, &message, flags | MSG_NOSIGNAL)); };
    const std::int64_t sent = waits ? when_ready(process, file, POLLOUT, false, send) : send();
    if (sent == kBlocked && !wait.interrupted) return sent;
    if (sent < 0 && wait.progress != 0) break;
    if (sent < 0) return (flags & MSG_NOSIGNAL) != 0 ? sent : written(process, sent);
    wait.progress += static_cast<std::uint64_t>(sent);
    parts = behind(parts, static_cast<std::uint64_t>(sent));
    message.msg_control = nullptr;  // it has gone with the first part
    message.msg_controllen = 0;
    if (!waits || parts.empty()) break;
  }
  return static_cast<std::int64_t>(wait.progress);
}

// With MSG_WAITALL a stream is read until the buffers are full; the host's socket never blocks, so that is
// done here.
std::int64_t receive_message(Process& process, const OpenFile& file, msghdr& message, int flags) {
  Wait& wait = process.task->wait;
  const bool waits = !file.nonblocking && (flags & (MSG_DONTWAIT | MSG_ERRQUEUE)) == 0;
  const bool whole = waits && (flags & MSG_WAITALL) != 0 && (flags & MSG_PEEK) == 0;
  std::span<iovec> parts = behind({message.msg_iov, message.msg_iovlen}, wait.progress);
  while (true) {
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const auto receive = [&] {
      return result_of(::recvmsg(file.host, &message, (flags & ~MSG_WAITALL) | MSG_CMSG_CLOEXEC));
    };
    const std::int64_t got = waits ? when_ready(process, file, POLLIN, false, receive) : receive();
    if (got == kBlocked && (!wait.interrupted || wait.progress == 0)) return got;
    if (got < 0 && wait.progress == 0) return got;
    if (got > 0) wait.progress += static_cast<std::uint64_t>(got);
    if (got > 0) parts = behind(parts, static_cast<std::uint64_t>(got));
    const bool ends = got <= 0 || parts.empty() || message.msg_controllen != 0;
    int type = 0;
    socklen_t size = sizeof(type);
    if (!whole || ends || ::getsockopt(file.host, SOL_SOCKET, SO_TYPE, &type, &size) != 0 ||
        type != SOCK_STREAM) {
      return static_cast<std::int64_t>(wait.progress);
    }
  }
}

std::int64_t send_one(Process& process, const OpenFile& file, std::uint64_t at, int flags) {
  GuestMessage guest{};
  if (!process.memory().read_value(at, guest)) return -EFAULT;
  SocketAddress to = address_argument(process, guest.name, guest.name == 0 ? 0 : guest.name_size);
  if (to.error != 0) return to.error;
  GuestVectors parts = guest_vectors(process, guest.vectors, guest.vector_count, kDrain);
  if (parts.error != 0) return parts.error == -EINVAL ? -EMSGSIZE : parts.error;
  if (guest.control_size > kMostControl) return -ENOBUFS;
  std::vector<std::byte> control(guest.control == 0 ? 0 : guest.control_size);
  if (!process.memory().read(guest.control, control.data(), control.size())) return -EFAULT;
  // Descriptors went with the first part.
  if (process.task->wait.progress != 0) control.clear();
  if (const std::int64_t error = control_for_host(process, control); error != 0) return error;
  msghdr message{};
  message.msg_name = guest.name == 0 ? nullptr : to.host();
  message.msg_namelen = to.size;
  message.msg_iov = parts.host.data();
  message.msg_iovlen = parts.host.size();
  message.msg_control = control.empty() ? nullptr : control.data();
  message.msg_controllen = control.size();
  return send_message(process, file, message, flags);
}

std::int64_t receive_one(Process& process, const OpenFile& file, std::uint64_t at, int flags) {
  GuestMessage guest{};
  if (!process.memory().read_value(at, guest)) return -EFAULT;
  GuestVectors parts = guest_vectors(process, guest.vectors, guest.vector_count, kFill);
  if (parts.error != 0) return parts.error == -EINVAL ? -EMSGSIZE : parts.error;
  SocketAddress from;
  std::vector<std::byte> control(guest.control == 0 ? 0 : std::min(guest.control_size, kMostControl));
  msghdr message{};
  message.msg_name = guest.name == 0 ? nullptr : from.host();
  message.msg_namelen = guest.name == 0 ? 0 : SocketAddress::kMost;
  message.msg_iov = parts.host.data();
  message.msg_iovlen = parts.host.size();
  message.msg_control = control.empty() ? nullptr : control.data();
  message.msg_controllen = control.size();
  const std::int64_t got = receive_message(process, file, message, flags);
  if (got < 0) return got;
  control_for_guest(process, control.data(), message.msg_controllen, (flags & MSG_CMSG_CLOEXEC) != 0);
  if (guest.name != 0) {
    from.size = message.msg_namelen;
    name_for_guest(process, from);
    if (!process.memory().write(guest.name, from.bytes.data(), std::min(from.size, guest.name_size)))
      return -EFAULT;
    guest.name_size = from.size;
  }
  if (!process.memory().write(guest.control, control.data(), message.msg_controllen)) return -EFAULT;
  guest.control_size = message.msg_controllen;
  const int asked = flags & MSG_CMSG_CLOEXEC;
  guest.flags = static_cast<std::uint32_t>((message.msg_flags & ~MSG_CMSG_CLOEXEC) | asked);
  return process.memory().write_value(at, guest) ? got : -EFAULT;
}

}  // namespace

std::int64_t sendto(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  const GuestBuffer from = guest_buffer(process, args[1], args[2], kDrain);
  if (from.fault || from.size < std::min(args[2], std::uint64_t{INT32_MAX})) return -EFAULT;
  SocketAddress to = address_argument(process, args[4], args[4] == 0 ? 0 : args.u32(5));
  if (to.error != 0) return to.error;
  iovec part{from.data, from.size};
  msghdr message{};
  message.msg_name = args[4] == 0 ? nullptr : to.host();
  message.msg_namelen = to.size;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  return send_message(process, *file, message, args.i32(3));
}

std::int64_t recvfrom(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  const GuestBuffer to = guest_buffer(process, args[1], args[2], kFill);
  if (to.fault) return -EFAULT;
  SocketAddress from;
  iovec part{to.data, to.size};
  msghdr message{};
  message.msg_name = from.host();
  message.msg_namelen = SocketAddress::kMost;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  const std::int64_t got = receive_message(process, *file, message, args.i32(3));
  if (got < 0 || args[4] == 0) return got;
  from.size = message.msg_namelen;
  name_for_guest(process, from);
  const std::int64_t error = return_sized(process, args[4], args[5], from.bytes.data(), from.size);
  return error != 0 ? error : got;
}

std::int64_t sendmsg(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  return file == nullptr ? -EBADF : send_one(process, *file, args[1], args.i32(2));
}

std::int64_t recvmsg(Process& process, const Args& args) {
  const auto file = process.fds->file(args.i32(0));
  return file == nullptr ? -EBADF : receive_one(process, *file, args[1], args.i32(2));
}

namespace {

constexpr std::uint64_t kManySize = sizeof(GuestMessage) + 8;  // struct mmsghdr
constexpr std::uint32_t kMostMessages = 1024;

using One = std::int64_t (*)(Process&, const OpenFile&, std::uint64_t, int);

// Only the first message may wait, so that a call that waits has done nothing yet.
std::int64_t many(Process& process, const Args& args, One one, int flags) {
  const auto file = process.fds->file(args.i32(0));
  if (file == nullptr) return -EBADF;
  const std::uint32_t count = std::min(args.u32(2), kMostMessages);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t at = args[1] + i * kManySize;
    process.task->wait.progress = i == 0 ? process.task->wait.progress : 0;
    const std::int64_t result = one(process, *file, at, i == 0 ? flags : flags | MSG_DONTWAIT);
    if (result < 0) return i == 0 ? result : i;
    if (!process.memory().write_value(at + sizeof(GuestMessage), static_cast<std::uint32_t>(result)))
      return -EFAULT;
  }
  return count;
}

}  // namespace

std::int64_t sendmmsg(Process& process, const Args& args) {
  return many(process, args, send_one, args.i32(3));
}

// Without MSG_WAITFORONE Linux waits for every message; a program cannot count on more than one.
std::int64_t recvmmsg(Process& process, const Args& args) {
  Wait& wait = process.task->wait;
  if (!wait.again) {
    const TimeLimit limit = time_limit(process, args[4]);
    if (limit.error != 0) return limit.error;
  }
  return many(process, args, receive_one, args.i32(3) & ~MSG_WAITFORONE);
}

}  // namespace m2sim::emu::sys
