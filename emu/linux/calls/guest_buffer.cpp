#include "emu/linux/calls/guest_buffer.h"

#include <algorithm>
#include <cerrno>

namespace m2sim::emu {

namespace {

constexpr std::uint64_t kMostVectors = 1024;  // UIO_MAXIOV

}  // namespace

GuestBuffer guest_buffer(const Process& process, std::uint64_t address, std::uint64_t length,
                         std::uint8_t protection) {
  const std::uint64_t limit = process.memory().limit();
  if (length != 0 && (address > limit || length > limit - address)) return {nullptr, 0, true};
  length = std::min(length, kMostBytes);
  if (length == 0) return {};
  const std::uint64_t size = process.memory().accessible(address, length, protection);
  if (size == 0) return {nullptr, 0, true};
  process.memory().fill_tails(address, size);
  return {process.memory().base() + address, size, false};
}

GuestVectors guest_vectors(const Process& process, std::uint64_t address, std::uint64_t count,
                           std::uint8_t protection) {
  if (count > kMostVectors) return {{}, -EINVAL};
  GuestVectors result;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t entry[2] = {};
    if (!process.memory().read(address + i * sizeof(entry), entry, sizeof(entry))) return {{}, -EFAULT};
    if (static_cast<std::int64_t>(entry[1]) < 0) return {{}, -EINVAL};
    if (entry[1] == 0) continue;
    const GuestBuffer part = guest_buffer(process, entry[0], entry[1], protection);
    if (part.fault && result.host.empty()) return {{}, -EFAULT};
    if (part.fault) break;
    result.host.push_back({part.data, part.size});
    if (part.size < entry[1]) break;
  }
  return result;
}

std::uint64_t size_of(std::span<const iovec> parts) {
  std::uint64_t size = 0;
  for (const iovec& part : parts) size += part.iov_len;
  return size;
}

std::span<iovec> first_of(std::span<iovec> parts, std::uint64_t bytes) {
  std::size_t count = 0;
  while (count < parts.size() && bytes != 0) {
    iovec& part = parts[count++];
    part.iov_len = std::min<std::uint64_t>(part.iov_len, bytes);
    bytes -= part.iov_len;
  }
  return parts.first(count);
}

std::span<iovec> behind(std::span<iovec> parts, std::uint64_t bytes) {
  while (!parts.empty() && bytes >= parts.front().iov_len) {
    bytes -= parts.front().iov_len;
    parts = parts.subspan(1);
  }
  if (!parts.empty()) {
    parts.front().iov_base = static_cast<std::byte*>(parts.front().iov_base) + bytes;
    parts.front().iov_len -= bytes;
  }
  return parts;
}

}  // namespace m2sim::emu
