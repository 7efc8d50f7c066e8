// ioctl, as far as programs ask about terminals and pending input. arm64 has the generic request numbers
// and structures, which x86-64 shares.
#include <asm/ioctls.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>

#include "emu/linux/calls/syscalls.h"

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
    Request{FIONREAD, sizeof(int), true},
};

std::int64_t set_nonblocking(Process& process, const Args& args) {
  int on = 0;
  if (!process.memory().read_value(args[2], on)) return -EFAULT;
  const auto file = process.fds->file(args.i32(0));
  if (file->never_blocks_host()) {
    file->nonblocking = on != 0;
    return 0;
  }
  return result_of(::ioctl(file->host, FIONBIO, &on));
}

// Job control: process groups are the guest's own, so the host's terminal cannot be asked.
std::int64_t job_control(Process& process, int fd, const Args& args) {
  if (::isatty(fd) == 0) return -ENOTTY;
  int& foreground = process.kernel.foreground_group;
  if (args.u32(1) == TIOCSPGRP) return process.memory().read_value(args[2], foreground) ? 0 : -EFAULT;
  const int answer = args.u32(1) == TIOCGSID ? process.session : foreground;
  return process.memory().write_value(args[2], answer) ? 0 : -EFAULT;
}

}  // namespace

std::int64_t ioctl(Process& process, const Args& args) {
  const int fd = process.fds->host(args.i32(0));
  if (fd < 0) return -EBADF;
  if (args.u32(1) == FIOCLEX || args.u32(1) == FIONCLEX) {
    process.fds->set_close_on_exec(args.i32(0), args.u32(1) == FIOCLEX);
    return 0;
  }
  if (args.u32(1) == FIONBIO) return set_nonblocking(process, args);
  if (args.u32(1) == TIOCGPGRP || args.u32(1) == TIOCSPGRP || args.u32(1) == TIOCGSID) {
    return job_control(process, fd, args);
  }
  for (const Request& request : kRequests) {
    if (request.number != args.u32(1)) continue;
    std::array<std::byte, kMostData> data{};
    if (!request.to_guest && !process.memory().read(args[2], data.data(), request.size)) return -EFAULT;
    if (::ioctl(fd, request.number, data.data()) < 0) return -std::int64_t{errno};
    if (request.to_guest && !process.memory().write(args[2], data.data(), request.size)) return -EFAULT;
    return 0;
  }
  return -ENOTTY;
}

}  // namespace m2sim::emu::sys
