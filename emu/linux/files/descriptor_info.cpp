// /proc/<pid>/fdinfo: what an open file is beyond its name.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "emu/linux/files/proc_text.h"
#include "emu/linux/open_flags.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

namespace {

std::vector<std::string> host_lines(int host_fd) {
  std::ifstream file("/proc/thread-self/fdinfo/" + std::to_string(host_fd));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// The host's, but for the descriptors, which are the guest's.
std::string watched_lines(const OpenFile& file, const EpollFile& epoll) {
  std::string text;
  for (const std::string& line : host_lines(file.host)) {
    int watched = -1;
    unsigned events = 0;
    unsigned long long data = 0;
    if (std::sscanf(line.c_str(), "tfd: %d events: %x data: %llx", &watched, &events, &data) != 3) continue;
    const auto entry =
        std::find_if(epoll.entries.begin(), epoll.entries.end(),
                     [watched](const EpollFile::Entry& known) { return known.host == watched; });
    if (entry == epoll.entries.end()) continue;
    const std::size_t rest = line.find(" pos:");
    text += formatted("tfd: %8d events: %8x data: %16llx ", entry->guest, events, data);
    text += (rest == std::string::npos ? "" : line.substr(rest)) + "\n";
  }
  return text;
}

std::string timer_lines(const Kernel& kernel, const TimerFile& file) {
  const std::uint64_t left = file.timer.left(kernel.clock.elapsed());
  return formatted(
      "clockid: %d\nticks: 0\nsettime flags: 00\nit_value: (%lu, %lu)\nit_interval: (%lu, %lu)\n", file.clock,
      left / kSecond, left % kSecond, file.timer.interval / kSecond, file.timer.interval % kSecond);
}

// What the host counts and watches for the guest: eventfd and inotify.
std::string plain_lines(const OpenFile& file) {
  std::string text;
  for (const std::string& line : host_lines(file.host)) {
    if (line.rfind("eventfd-", 0) == 0 || line.rfind("inotify ", 0) == 0) text += line + "\n";
  }
  return text;
}

std::string special_lines(const Process& process, const OpenFile& file) {
  if (const auto* epoll = std::get_if<EpollFile>(&file.special)) return watched_lines(file, *epoll);
  if (const auto* timer = std::get_if<std::unique_ptr<TimerFile>>(&file.special)) {
    return timer_lines(process.kernel, **timer);
  }
  if (const auto* signals = std::get_if<SignalFile>(&file.special)) {
    return formatted("sigmask:\t%016lx\n", signals->mask);
  }
  if (const auto* ended = std::get_if<PidFile>(&file.special)) {
    const Process* other = process.kernel.process(ended->pid);
    const int pid = other == nullptr ? -1 : ended->pid;
    return formatted("Pid:\t%d\nNSpid:\t%d\n", pid, pid);
  }
  return file.made_up.empty() ? plain_lines(file) : "";
}

}  // namespace

std::string descriptor_text(const Process& process, int guest) {
  const auto file = process.fds->file(guest);
  if (file == nullptr) return {};
  const off_t position = file->kind == OpenFile::Kind::kPlain ? ::lseek(file->host, 0, SEEK_CUR) : 0;
  int flags = ::fcntl(file->host, F_GETFL);
  if (file->never_blocks_host() && !file->nonblocking) flags &= ~O_NONBLOCK;
  if (process.fds->close_on_exec(guest)) flags |= O_CLOEXEC;
  std::string text = formatted("pos:\t%ld\nflags:\t0%o\nmnt_id:\t20\n", std::max<off_t>(position, 0),
                               guest_open_flags(flags));
  struct stat status {};
  const bool named = file->made_up.empty() && ::fstat(file->host, &status) == 0 &&
                     (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
  if (named) text += formatted("ino:\t%lu\n", status.st_ino);
  return text + special_lines(process, *file);
}

}  // namespace m2sim::emu
