// ioctl, as far as programs ask about terminals and pending input. arm64 has the generic request numbers
// and structures, which x86-64 shares.
#include <asm/ioctls.h>
#include <sys/ioctl.h>

#include <array>

#include "emu/syscalls.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::size_t kTermiosSize = 36;  // the kernel's struct termios
constexpr std::size_t kWinsizeSize = 8;
constexpr std::size_t kMostData = 64;

struct Request {
  std::uint32_t number;
  std::size_t size;
  bool to_guest;
};
constexpr std::array kRequests = {
    Request{TCGETS, kTermiosSize, true},     Request{TCSETS, kTermiosSize, false},
    Request{TCSETSW, kTermiosSize, false},   Request{TCSETSF, kTermiosSize, false},
    Request{TIOCGWINSZ, kWinsizeSize, true}, Request{TIOCSWINSZ, kWinsizeSize, false},
    Request{FIONREAD, sizeof(int), true},    Request{FIONBIO, sizeof(int), false},
    Request{TIOCGPGRP, sizeof(int), true},   Request{TIOCSPGRP, sizeof(int), false},
    Request{TIOCGSID, sizeof(int), true},
};

}  // namespace

std::int64_t ioctl(Kernel& kernel, const Args& args) {
  const int fd = kernel.fds.host(args.i32(0));
  if (fd < 0) return -EBADF;
  if (args.u32(1) == FIOCLEX || args.u32(1) == FIONCLEX) {
    kernel.fds.set_close_on_exec(args.i32(0), args.u32(1) == FIOCLEX);
    return 0;
  }
  for (const Request& request : kRequests) {
    if (request.number != args.u32(1)) continue;
    std::array<std::byte, kMostData> data{};
    if (!request.to_guest && !kernel.memory.read(args[2], data.data(), request.size)) return -EFAULT;
    if (::ioctl(fd, request.number, data.data()) < 0) return -std::int64_t{errno};
    if (request.to_guest && !kernel.memory.write(args[2], data.data(), request.size)) return -EFAULT;
    return 0;
  }
  return -ENOTTY;
}

}  // namespace m2sim::emu::sys
