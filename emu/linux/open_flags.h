// Open flags of the guest and of the host.
#pragma once

#include <fcntl.h>

#include <array>
#include <cstdint>

namespace m2sim::emu {

// arm64 moved these four away from the generic numbers (arch/arm64/include/uapi/asm/fcntl.h); glibc's
// O_LARGEFILE is 0 on 64-bit hosts, the kernel's is not.
struct MovedFlag {
  std::uint32_t guest;
  int host;
};
#if defined(__x86_64__)
inline constexpr int kHostLargeFile = 0100000;
#else
inline constexpr int kHostLargeFile = 0400000;
#endif
inline constexpr std::array kMovedFlags = {MovedFlag{040000, O_DIRECTORY}, MovedFlag{0100000, O_NOFOLLOW},
                                           MovedFlag{0200000, O_DIRECT}, MovedFlag{0400000, kHostLargeFile}};

constexpr int host_open_flags(std::uint32_t guest) {
  std::uint32_t rest = guest;
  std::uint32_t moved = 0;
  for (const MovedFlag& flag : kMovedFlags) {
    if ((guest & flag.guest) != 0) moved |= static_cast<std::uint32_t>(flag.host);
    rest &= ~flag.guest;
  }
  return static_cast<int>(rest | moved);
}

constexpr std::uint32_t guest_open_flags(int host) {
  auto rest = static_cast<std::uint32_t>(host);
  std::uint32_t moved = 0;
  for (const MovedFlag& flag : kMovedFlags) {
    if ((host & flag.host) != 0) moved |= flag.guest;
    rest &= ~static_cast<std::uint32_t>(flag.host);
  }
  return rest | moved;
}

}  // namespace m2sim::emu
