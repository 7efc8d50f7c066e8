// Guest memory as the host's calls take it.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emu/linux/process.h"

namespace m2sim::emu {

inline constexpr std::uint64_t kMostBytes = 0x7ffff000;  // of one transfer: MAX_RW_COUNT
inline constexpr std::uint8_t kFill = kProtWrite;        // the guest's buffer is written
inline constexpr std::uint8_t kDrain = kProtRead;

// A guest buffer as far as it is accessible: like the kernel, a transfer stops there, and only one that
// cannot begin fails, or one longer than there are addresses.
struct GuestBuffer {
  std::byte* data = nullptr;
  std::uint64_t size = 0;
  bool fault = false;
};

GuestBuffer guest_buffer(const Process& process, std::uint64_t address, std::uint64_t length,
                         std::uint8_t protection);

struct GuestVectors {
  std::vector<iovec> host;
  std::int64_t error = 0;
};

// The struct iovec array at `address`.
GuestVectors guest_vectors(const Process& process, std::uint64_t address, std::uint64_t count,
                           std::uint8_t protection);

// In bytes.
std::uint64_t size_of(std::span<const iovec> parts);

// Nothing but the first `bytes` bytes, and nothing but those behind them.
std::span<iovec> first_of(std::span<iovec> parts, std::uint64_t bytes);
std::span<iovec> behind(std::span<iovec> parts, std::uint64_t bytes);

}  // namespace m2sim::emu
