#include "emu/linux/calls/network/socket_address.h"

#include <fcntl.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu {

namespace {

constexpr std::size_t kPathAt = offsetof(sockaddr_un, sun_path);
constexpr std::size_t kMostPath = sizeof(sockaddr_un::sun_path);

// The file name in an address; empty when there is none.
std::string file_name(const SocketAddress& address) {
  sa_family_t family = 0;
  std::memcpy(&family, address.bytes.data(), sizeof(family));
  if (family != AF_UNIX || address.size <= kPathAt) return {};
  const char* text = reinterpret_cast<const char*>(address.bytes.data()) + kPathAt;
  return {text, ::strnlen(text, std::min<std::size_t>(address.size - kPathAt, kMostPath))};
}

bool set_file_name(SocketAddress& address, const std::string& name) {
  if (name.size() >= kMostPath) return false;
  std::memset(address.bytes.data() + kPathAt, 0, address.bytes.size() - kPathAt);
  std::memcpy(address.bytes.data() + kPathAt, name.data(), name.size());
  address.size = static_cast<socklen_t>(kPathAt + name.size() + 1);
  return true;
}

// A name that is too long leads through a descriptor: of the socket's file, or of the folder that is
// to have it.
void set_long_name(SocketAddress& address, const std::string& name, bool makes) {
  const std::size_t last = name.rfind('/') + 1;
  std::string rest;
  int fd = ::open(name.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0 && makes) {
    rest = "/" + name.substr(last);
    fd = ::open(name.substr(0, last).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  }
  address.way = held_descriptor(fd);
  if (fd < 0) {
    address.error = -errno;
  } else if (!set_file_name(address, "/proc/self/fd/" + std::to_string(fd) + rest)) {
    address.error = -ENAMETOOLONG;
  }
}

}  // namespace

SocketAddress address_argument(Process& process, std::uint64_t at, std::uint32_t size, bool makes) {
  SocketAddress address;
  if (size > SocketAddress::kMost) {
    address.error = -EINVAL;
    return address;
  }
  if (!process.memory().read(at, address.bytes.data(), size)) {
    address.error = -EFAULT;
    return address;
  }
  address.size = size;
  const std::string guest = file_name(address);
  if (guest.empty()) return address;
  const HostPath path = resolve(process, AT_FDCWD, guest, LastLink::kFollow);
  const std::string host = path.whole();
  if (path.error != 0) {
    address.error = -path.error;
  } else if (host != guest) {
    if (!set_file_name(address, host)) set_long_name(address, host, makes);
    process.kernel.socket_names.insert_or_assign(file_name(address), guest);
  }
  return address;
}

void name_for_guest(const Process& process, SocketAddress& address) {
  const auto found = process.kernel.socket_names.find(file_name(address));
  if (found != process.kernel.socket_names.end()) set_file_name(address, found->second);
}

std::int64_t return_sized(Process& process, std::uint64_t to, std::uint64_t length_at, const std::byte* bytes,
                          socklen_t size) {
  socklen_t room = 0;
  if (!process.memory().read_value(length_at, room)) return -EFAULT;
  if (static_cast<std::int32_t>(room) < 0) return -EINVAL;
  if (!process.memory().write(to, bytes, std::min(room, size))) return -EFAULT;
  return process.memory().write_value(length_at, size) ? 0 : -EFAULT;
}

}  // namespace m2sim::emu
