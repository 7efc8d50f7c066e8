// ioctl, as far as programs ask about terminals and pending input. arm64 has the generic request numbers
// and structures, which x86-64 shares.
#include <asm/ioctls.h>
#include <asm/sockios.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>

#include "emu/linux/calls/async.h"
#include "emu/linux/calls/interfaces.h"
#include "emu/linux/calls/syscalls.h"
#include "emu/linux/calls/waiting.h"
#include "emu/linux/open_flags.h"
#include "emu/linux/pty.h"

namespace m2sim::emu::sys {

namespace {

constexpr std::size_t kTermiosSize = 36;  // the kernel's struct termios
constexpr std::size_t kTermios2 = 44;     // struct termios2
constexpr std::uint32_t kGetTermios2 = 0x802c542a;
constexpr std::uint32_t kSetTermios2 = 0x402c542b;  // and, behind it, with waiting and with flushing
constexpr std::size_t kWinsizeSize = 8;
constexpr std::size_t kMostData = 64;

struct Request {
  std::uint32_t number;
  std::size_t size;
  bool to_guest;
};
constexpr std::array kRequests = {
    Request{TCGETS, kTermiosSize, true},         Request{TCSETS, kTermiosSize, false},
    Request{TCSETSW, kTermiosSize, false},       Request{TCSETSF, kTermiosSize, false},
    Request{TIOCGWINSZ, kWinsizeSize, true},     Request{TIOCSWINSZ, kWinsizeSize, false},
    Request{FIONREAD, sizeof(int), true},        Request{TIOCOUTQ, sizeof(int), true},
    Request{TIOCGPTN, sizeof(int), true},        Request{TIOCSPTLCK, sizeof(int), false},
    Request{TIOCGPTLCK, sizeof(int), true},      Request{TIOCPKT, sizeof(int), false},
    Request{TIOCGPKT, sizeof(int), true},        Request{TIOCGEXCL, sizeof(int), true},
    Request{kGetTermios2, kTermios2, true},      Request{kSetTermios2, kTermios2, false},
    Request{SIOCATMARK, sizeof(int), true},      Request{FIGETBSZ, sizeof(int), true},
    Request{kSetTermios2 + 1, kTermios2, false}, Request{kSetTermios2 + 2, kTermios2, false},
};
// Their argument is a number, or nothing.
constexpr std::array kPlainRequests = {TCSBRK,   TCSBRKP,  TCXONC,   TCFLSH,
                                       TIOCEXCL, TIOCNXCL, TIOCCBRK, TIOCSBRK};

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

std::int64_t set_async_by_ioctl(Process& process, const Args& args) {
  std::int32_t on = 0;
  if (!process.memory().read_value(args[2], on)) return -EFAULT;
  if (process.fds->file(args.i32(0))->kind == OpenFile::Kind::kPlain) return -ENOTTY;
  set_async(process, args.i32(0), on != 0);
  return 0;
}

// Job control: process groups are the guest's own, so the host's terminal cannot be asked.
std::int64_t job_control(Process& process, const OpenFile& file, const Args& args) {
  if (::isatty(file.host) == 0) return -ENOTTY;
  int& foreground = file.pty != nullptr ? file.pty->foreground : process.kernel.foreground_group;
  if (args.u32(1) == TIOCSPGRP) return process.memory().read_value(args[2], foreground) ? 0 : -EFAULT;
  const int session = file.pty != nullptr ? file.pty->session : process.session;
  const int answer = args.u32(1) == TIOCGSID ? session : foreground;
  if (file.pty != nullptr && session == 0) return -ENOTTY;
  return process.memory().write_value(args[2], answer) ? 0 : -EFAULT;
}

// Of an end of a pseudo-terminal; empty: as with any other terminal.
std::optional<std::int64_t> pty_request(Process& process, const OpenFile& file, const Args& args) {
  winsize before{};
  winsize wanted{};
  switch (args.u32(1)) {
    case TIOCSCTTY:
      return take_terminal(process, file.pty, args[2] == 1);
    case TIOCNOTTY:
      leave_terminal(process);
      return 0;
    case TIOCGPTPEER: {
      const int fd = ::ioctl(file.host, TIOCGPTPEER, host_open_flags(args.u32(2)) | O_NOCTTY | O_CLOEXEC);
      if (fd < 0) return -std::int64_t{errno};
      const int guest = process.fds->add(fd, (host_open_flags(args.u32(2)) & O_CLOEXEC) != 0);
      if (guest >= 0) adopt_terminal(process, process.fds->file(guest), false);
      return guest;
    }
    case TIOCSIG:  // of the master alone
      if (file.pty->master.lock().get() != &file) return -ENOTTY;
      return signal_foreground(process.kernel, *file.pty, args.i32(2));
    case TIOCSWINSZ:
      if (!process.memory().read_value(args[2], wanted)) return -EFAULT;
      ::ioctl(file.host, TIOCGWINSZ, &before);
      if (::ioctl(file.host, TIOCSWINSZ, &wanted) < 0) return -std::int64_t{errno};
      if (before.ws_row != wanted.ws_row || before.ws_col != wanted.ws_col)
        resized(process.kernel, *file.pty);
      return 0;
    default:
      return std::nullopt;
  }
}

// A process in the background that would change the terminal is stopped, m2sim with it. What came to m2sim
// meanwhile is looked at before the request is made again, or it would be stopped again and again.
std::int64_t made_or_put_off(Process& process, const Args& args, std::int64_t result) {
  return result == -EINTR ? sleep_for_file(process, *process.fds->file(args.i32(0)), 0, false) : result;
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
  if (args.u32(1) == FIOASYNC) return set_async_by_ioctl(process, args);
  if (args.u32(1) == FIOSETOWN || args.u32(1) == SIOCSPGRP) {
    std::int32_t owner = 0;
    if (!process.memory().read_value(args[2], owner)) return -EFAULT;
    return async_command(process, args.i32(0), F_SETOWN, static_cast<std::uint32_t>(owner));
  }
  if (args.u32(1) == FIOGETOWN || args.u32(1) == SIOCGPGRP) {
    const auto owner = static_cast<std::int32_t>(async_command(process, args.i32(0), F_GETOWN, 0));
    return process.memory().write_value(args[2], owner) ? 0 : -EFAULT;
  }
  if (args.u32(1) == TIOCGPGRP || args.u32(1) == TIOCSPGRP || args.u32(1) == TIOCGSID) {
    return job_control(process, *process.fds->file(args.i32(0)), args);
  }
  if (const auto file = process.fds->file(args.i32(0)); file->pty != nullptr) {
    if (const auto done = pty_request(process, *file, args)) return *done;
  }
  if (const auto answer = interface_query(process, fd, args.u32(1), args[2])) return *answer;
  if (std::find(kPlainRequests.begin(), kPlainRequests.end(), static_cast<int>(args.u32(1))) !=
      kPlainRequests.end())
    return made_or_put_off(process, args, result_of(::ioctl(fd, args.u32(1), args.i32(2))));
  for (const Request& request : kRequests) {
    if (request.number != args.u32(1)) continue;
    std::array<std::byte, kMostData> data{};
    if (!request.to_guest && !process.memory().read(args[2], data.data(), request.size)) return -EFAULT;
    const std::int64_t result = result_of(::ioctl(fd, request.number, data.data()));
    if (result < 0) return made_or_put_off(process, args, result);
    if (request.to_guest && !process.memory().write(args[2], data.data(), request.size)) return -EFAULT;
    return 0;
  }
  return -ENOTTY;
}

}  // namespace m2sim::emu::sys
