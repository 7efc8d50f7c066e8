#include "emu/linux/pty.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <time.h>

#include <algorithm>
#include <cerrno>

#include "emu/linux/fd_table.h"
#include "emu/linux/kernel.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

namespace {

void send(Kernel& kernel, int group, int signal) {
  if (group == 0) return;
  for (const auto& process : kernel.processes()) {
    if (process->group == group) kernel.post(*process, {signal, SI_KERNEL, {}});
  }
}

bool has_terminal(const Process& process) {
  const auto& all = process.kernel.ptys;
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& pty) { return pty->session == process.session; });
}

// A poll() that finds nothing to read has waited for the worker of that end.
bool nothing_to_read(int host) {
  pollfd polled{host, POLLIN, 0};
  return ::poll(&polled, 1, 0) == 0 || (polled.revents & POLLIN) == 0;
}

int readable(int host) {
  int bytes = 0;
  return ::ioctl(host, FIONREAD, &bytes) == 0 ? bytes : 0;
}

bool is_master(const struct stat& status) {
  constexpr unsigned kMajor = 5;
  constexpr unsigned kMinor = 2;
  return S_ISCHR(status.st_mode) && status.st_rdev == makedev(kMajor, kMinor);
}

}  // namespace

void adopt_terminal(Process& process, const std::shared_ptr<OpenFile>& file, bool takes) {
  auto& all = process.kernel.ptys;
  struct stat status {};
  int number = 0;
  if (::fstat(file->host, &status) != 0 || !S_ISCHR(status.st_mode)) return;
  if (is_master(status) && ::ioctl(file->host, TIOCGPTN, &number) == 0) {
    auto pty = std::make_shared<Pty>();
    pty->name = "/dev/pts/" + std::to_string(number);
    struct stat slave {};
    if (::stat(pty->name.c_str(), &slave) == 0) pty->device = slave.st_rdev;
    pty->master = file;
    file->become_inner();
    file->pty = pty;
    all.push_back(std::move(pty));
    return;
  }
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& pty) { return pty->device == status.st_rdev; });
  if (found == all.end()) return;
  file->become_inner();
  file->pty = *found;
  std::erase_if((*found)->slaves, [](const auto& slave) { return slave.expired(); });
  (*found)->slaves.push_back(file);
  if (takes && process.pid == process.session && !has_terminal(process))
    take_terminal(process, *found, false);
}

std::string terminal_of(const Process& process) {
  for (const auto& pty : process.kernel.ptys) {
    if (pty->session == process.session) return pty->name;
  }
  return {};
}

std::int64_t take_terminal(Process& process, const std::shared_ptr<Pty>& pty, bool by_force) {
  if (process.pid == process.session && pty->session == process.session) return 0;
  if (process.pid != process.session || has_terminal(process)) return -EPERM;
  if (pty->session != 0 && !by_force) return -EPERM;
  pty->session = process.session;
  pty->foreground = process.group;
  return 0;
}

void leave_terminal(Process& process) {
  for (const auto& pty : process.kernel.ptys) {
    if (pty->session != process.session || process.pid != process.session) continue;
    send(process.kernel, pty->foreground, SIGHUP);
    send(process.kernel, pty->foreground, SIGCONT);
    pty->session = pty->foreground = 0;
  }
}

void typed(Kernel& kernel, const OpenFile& master, std::span<const std::byte> bytes) {
  termios settings{};
  if (::tcgetattr(master.host, &settings) != 0 || (settings.c_lflag & ISIG) == 0) return;
  constexpr struct {
    unsigned place;
    int signal;
  } kSignals[] = {{VINTR, SIGINT}, {VQUIT, SIGQUIT}, {VSUSP, SIGTSTP}};
  for (const std::byte byte : bytes) {
    for (const auto& [place, signal] : kSignals) {
      const cc_t key = settings.c_cc[place];
      if (key != 0 && key == static_cast<cc_t>(byte)) send(kernel, master.pty->foreground, signal);
    }
  }
}

int waiting_at_master(const Pty& pty) {
  const auto master = pty.master.lock();
  if (master == nullptr) return 0;
  nothing_to_read(master->host);
  return readable(master->host);
}

void settle(const OpenFile& end, int before) {
  const auto master = end.pty->master.lock();
  if (master == nullptr) return;
  if (master.get() == &end) {
    for (const auto& one : end.pty->slaves) {
      const auto slave = one.lock();
      if (slave == nullptr) continue;
      if (!nothing_to_read(slave->host)) break;
      nothing_to_read(master->host);
      return;
    }
    termios settings{};
    if (::tcgetattr(master->host, &settings) != 0 || (settings.c_lflag & ECHO) == 0) return;
  }
  // No call of the host waits for a worker that brings more to what is there already. But the master gets
  // something, unless a key is one that is not echoed, or its buffer is full: so not for ever.
  constexpr int kBuffer = 4095;     // N_TTY_BUF_SIZE - 1
  constexpr int kMostTimes = 2000;  // 0.1 s
  constexpr timespec kWait{0, 50'000};
  for (int i = 0; i < kMostTimes && before < kBuffer; ++i) {
    nothing_to_read(master->host);
    if (readable(master->host) > before) return;
    ::nanosleep(&kWait, nullptr);
  }
}

bool reads_on(const OpenFile& end) {
  if (end.pty == nullptr) return false;
  if (end.pty->master.lock().get() == &end) {
    int packets = 0;
    return ::ioctl(end.host, TIOCGPKT, &packets) == 0 && packets == 0;
  }
  termios settings{};
  return ::tcgetattr(end.host, &settings) == 0 && (settings.c_lflag & ICANON) == 0;
}

std::int64_t signal_foreground(Kernel& kernel, const Pty& pty, int signal) {
  if (signal != SIGINT && signal != SIGQUIT && signal != SIGTSTP) return -EINVAL;
  send(kernel, pty.foreground, signal);
  return 0;
}

void resized(Kernel& kernel, const Pty& pty) { send(kernel, pty.foreground, SIGWINCH); }

void hang_up(Kernel& kernel) {
  std::erase_if(kernel.ptys, [&kernel](const auto& pty) {
    if (!pty->master.expired()) return false;
    Process* const leader = pty->session == 0 ? nullptr : kernel.process(pty->session);
    if (leader != nullptr && leader->running()) {
      kernel.post(*leader, {SIGHUP, SI_KERNEL, {}});
      kernel.post(*leader, {SIGCONT, SI_KERNEL, {}});
    }
    if (leader == nullptr || pty->foreground != leader->group) send(kernel, pty->foreground, SIGHUP);
    return true;
  });
}

}  // namespace m2sim::emu
