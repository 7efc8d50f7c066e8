#include "emu/fd_table.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace m2sim::emu {

FdTable::FdTable() : entries_(3) {
  for (int fd = 0; fd < 3; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) entries_[static_cast<std::size_t>(fd)] = {fd, false, false};
  }
}

FdTable::~FdTable() {
  for (const Entry& entry : entries_) {
    if (entry.owned) ::close(entry.host);
  }
}

int FdTable::host(int guest) const {
  if (guest < 0 || guest >= size()) return -1;
  return entries_[static_cast<std::size_t>(guest)].host;
}

int FdTable::add(int host_fd, bool close_on_exec, int lowest) {
  for (int guest = lowest; guest < kMost; ++guest) {
    if (guest >= size() || entries_[static_cast<std::size_t>(guest)].host < 0) {
      return put(guest, host_fd, close_on_exec);
    }
  }
  ::close(host_fd);
  return -EMFILE;
}

int FdTable::put(int guest, int host_fd, bool close_on_exec) {
  if (guest < 0 || guest >= kMost) {
    ::close(host_fd);
    return -EBADF;
  }
  // What the simulator was started without stays closed: its own messages must not reach a guest's file.
  if (host_fd < 3) {
    const int moved = ::fcntl(host_fd, F_DUPFD_CLOEXEC, 3);
    const int reason = errno;
    ::close(host_fd);
    if (moved < 0) return -reason;
    host_fd = moved;
  }
  if (guest >= size()) entries_.resize(static_cast<std::size_t>(guest) + 1);
  Entry& entry = entries_[static_cast<std::size_t>(guest)];
  if (entry.owned) ::close(entry.host);
  entry = {host_fd, true, close_on_exec};
  return guest;
}

int FdTable::close(int guest) {
  if (!open(guest)) return -EBADF;
  Entry& entry = entries_[static_cast<std::size_t>(guest)];
  const int result = entry.owned && ::close(entry.host) != 0 ? -errno : 0;
  entry = {};
  return result;
}

bool FdTable::close_on_exec(int guest) const {
  return open(guest) && entries_[static_cast<std::size_t>(guest)].close_on_exec;
}

void FdTable::set_close_on_exec(int guest, bool on) {
  if (open(guest)) entries_[static_cast<std::size_t>(guest)].close_on_exec = on;
}

}  // namespace m2sim::emu
