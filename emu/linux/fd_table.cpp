#include "emu/linux/fd_table.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace m2sim::emu {

namespace {

OpenFile::Kind kind_of(int host_fd) {
  struct stat status {};
  if (::fstat(host_fd, &status) != 0) return OpenFile::Kind::kForeign;
  const bool plain = S_ISREG(status.st_mode) || S_ISDIR(status.st_mode) || S_ISBLK(status.st_mode);
  return plain ? OpenFile::Kind::kPlain : OpenFile::Kind::kForeign;
}

// What the simulator was started without stays closed: its own messages must not reach a guest's file.
int above_standard(int host_fd) {
  if (host_fd < 0 || host_fd > 2) return host_fd;
  const int moved = ::fcntl(host_fd, F_DUPFD_CLOEXEC, 3);
  const int reason = errno;
  ::close(host_fd);
  errno = reason;
  return moved;
}

}  // namespace

OpenFile::~OpenFile() {
  if (owned) ::close(host);
  for (const int fd : duplicates_) ::close(fd);
}

bool OpenFile::outside() const {
  const auto* epoll = std::get_if<EpollFile>(&special);
  if (epoll == nullptr) return kind != Kind::kInner;
  return std::any_of(epoll->entries.begin(), epoll->entries.end(), [](const EpollFile::Entry& entry) {
    const std::shared_ptr<OpenFile> file = entry.file.lock();
    return file != nullptr && file->outside();
  });
}

void OpenFile::become_inner() {
  if (kind == Kind::kInner) return;
  const int flags = ::fcntl(host, F_GETFL);
  kind = Kind::kInner;
  nonblocking = (flags & O_NONBLOCK) != 0;
  ::fcntl(host, F_SETFL, flags | O_NONBLOCK);
}

const OpenFile::Nature& OpenFile::nature() const {
  if (!nature_) {
    int type = 0;
    socklen_t size = sizeof(type);
    const bool socket = ::getsockopt(host, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
    nature_ = {socket, ::fcntl(host, F_GETFL) & O_ACCMODE};
  }
  return *nature_;
}

int OpenFile::duplicate() {
  const int fd = ::fcntl(host, F_DUPFD_CLOEXEC, 3);
  if (fd >= 0) duplicates_.push_back(fd);
  return fd;
}

void OpenFile::drop_duplicate(int fd) {
  if (std::erase(duplicates_, fd) != 0) ::close(fd);
}

FdTable::FdTable(std::array<int, 3> streams) : entries_(streams.size()) {
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (::fcntl(streams[i], F_GETFD) < 0) continue;
    entries_[i].file = std::make_shared<OpenFile>(streams[i], kind_of(streams[i]), false);
  }
}

std::shared_ptr<OpenFile> FdTable::file(int guest) const {
  if (guest < 0 || guest >= size()) return nullptr;
  return entries_[static_cast<std::size_t>(guest)].file;
}

int FdTable::host(int guest) const {
  if (guest < 0 || guest >= size()) return -1;
  const OpenFile* file = entries_[static_cast<std::size_t>(guest)].file.get();
  return file == nullptr ? -1 : file->host;
}

int FdTable::add(int host_fd, bool close_on_exec, int lowest) {
  host_fd = above_standard(host_fd);
  if (host_fd < 0) return -errno;
  return add(std::make_shared<OpenFile>(host_fd, kind_of(host_fd), true), close_on_exec, lowest);
}

int FdTable::add(int host_fd, bool close_on_exec, OpenFile::Kind kind, bool nonblocking,
                 SpecialFile special) {
  host_fd = above_standard(host_fd);
  if (host_fd < 0) return -errno;
  auto file = std::make_shared<OpenFile>(host_fd, kind, true);
  file->nonblocking = nonblocking;
  file->special = std::move(special);
  if (file->never_blocks_host()) ::fcntl(host_fd, F_SETFL, ::fcntl(host_fd, F_GETFL) | O_NONBLOCK);
  return add(std::move(file), close_on_exec);
}

int FdTable::add(std::shared_ptr<OpenFile> file, bool close_on_exec, int lowest) {
  for (int guest = lowest; guest < most_; ++guest) {
    if (!open(guest)) return put(guest, std::move(file), close_on_exec);
  }
  return -EMFILE;
}

int FdTable::put(int guest, std::shared_ptr<OpenFile> file, bool close_on_exec) {
  if (guest < 0 || guest >= most_) return -EBADF;
  if (guest >= size()) entries_.resize(static_cast<std::size_t>(guest) + 1);
  entries_[static_cast<std::size_t>(guest)] = {std::move(file), close_on_exec};
  return guest;
}

int FdTable::close(int guest) {
  if (!open(guest)) return -EBADF;
  entries_[static_cast<std::size_t>(guest)] = {};
  return 0;
}

void FdTable::close_for_exec() {
  for (Entry& entry : entries_) {
    if (entry.close_on_exec) entry = {};
  }
}

bool FdTable::close_on_exec(int guest) const {
  return open(guest) && entries_[static_cast<std::size_t>(guest)].close_on_exec;
}

void FdTable::set_close_on_exec(int guest, bool on) {
  if (open(guest)) entries_[static_cast<std::size_t>(guest)].close_on_exec = on;
}

}  // namespace m2sim::emu
