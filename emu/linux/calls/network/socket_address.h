// Addresses and option values of sockets. They have the same layout on every Linux with our byte order; only
// the file names in them are the guest's.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "emu/linux/process.h"

namespace m2sim::emu {

struct SocketAddress {
  static constexpr std::size_t kMost = 128;  // struct sockaddr_storage

  std::array<std::byte, kMost> bytes{};
  socklen_t size = 0;
  std::int64_t error = 0;          // -errno
  std::shared_ptr<const int> way;  // through which `bytes` leads, where the whole name has no room in them

  sockaddr* host() { return reinterpret_cast<sockaddr*>(bytes.data()); }
};

// The guest's address for a call of the host's; `makes`: one that makes the file.
SocketAddress address_argument(Process& process, std::uint64_t at, std::uint32_t size, bool makes = false);

// An address of the host's as the guest knows it.
void name_for_guest(const Process& process, SocketAddress& address);

// Value and length as getsockname and its relatives return them: as much as fits, and the full length.
std::int64_t return_sized(Process& process, std::uint64_t to, std::uint64_t length_at, const std::byte* bytes,
                          socklen_t size);

}  // namespace m2sim::emu
