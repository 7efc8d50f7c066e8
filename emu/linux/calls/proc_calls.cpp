#include "emu/linux/calls/proc_calls.h"

#include <dirent.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace m2sim::emu {

namespace {

// A file of the host with this text, open as the guest asked: what it may not do fails by itself.
int open_text(const std::string& text, int flags) {
  const int whole = ::memfd_create("text", MFD_CLOEXEC);
  if (whole < 0) return -1;
  const bool written = ::write(whole, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const std::string again = "/proc/self/fd/" + std::to_string(whole);
  const int fd = written ? ::open(again.c_str(), (flags & (O_ACCMODE | O_APPEND | O_PATH)) | O_CLOEXEC) : -1;
  const int reason = errno;
  ::close(whole);
  errno = reason;
  return fd;
}

// What the class that somebody belongs to may do with a file of this mode, as the bits of an rwx.
std::uint32_t allowed_to(const Credentials& who, std::uint32_t id, const struct stat& status) {
  if (who.may(Capability::kDacOverride)) return status.st_mode | status.st_mode >> 3U | status.st_mode >> 6U;
  if (id == status.st_uid) return status.st_mode >> 6U;
  return who.in_group(status.st_gid) ? status.st_mode >> 3U : status.st_mode;
}

std::int64_t refusal(const Process& process, const std::string& path, const MadeUpFile& file, int flags) {
  const bool writes = (flags & O_ACCMODE) != O_RDONLY;
  if ((flags & O_CREAT) != 0 && (flags & O_EXCL) != 0) return -EEXIST;
  if (file.kind == MadeUpFile::Kind::kDirectory) return writes || (flags & O_CREAT) != 0 ? -EISDIR : 0;
  if ((flags & O_DIRECTORY) != 0) return -ENOTDIR;
  if (file.kind == MadeUpFile::Kind::kLink) return (flags & O_PATH) != 0 ? 0 : -ELOOP;
  if (writes && (file.permissions & 0222U) == 0) return -EACCES;
  const std::uint32_t wanted = ((flags & O_ACCMODE) != O_WRONLY ? R_OK : 0U) | (writes ? W_OK : 0U);
  const std::uint32_t allowed =
      allowed_to(process.credentials, process.credentials.user().files, status_of(process, path, file));
  return (wanted & ~allowed) == 0 ? 0 : -EACCES;
}

unsigned char type_of(MadeUpFile::Kind kind) {
  switch (kind) {
    case MadeUpFile::Kind::kDirectory:
      return DT_DIR;
    case MadeUpFile::Kind::kLink:
      return DT_LNK;
    case MadeUpFile::Kind::kText:
      break;
  }
  return DT_REG;
}

// struct linux_dirent64, the same on every architecture.
void append_entry(std::vector<char>& bytes, const MadeUpEntry& entry, std::uint64_t inode,
                  std::int64_t next) {
  constexpr std::size_t kHead = 19;
  constexpr std::size_t kAlign = 8;
  const std::size_t size = (kHead + entry.name.size() + 1 + kAlign - 1) / kAlign * kAlign;
  const std::size_t at = bytes.size();
  bytes.resize(at + size);
  const auto length = static_cast<std::uint16_t>(size);
  const unsigned char type = type_of(entry.kind);
  std::memcpy(&bytes[at], &inode, sizeof(inode));
  std::memcpy(&bytes[at + 8], &next, sizeof(next));
  std::memcpy(&bytes[at + 16], &length, sizeof(length));
  std::memcpy(&bytes[at + 18], &type, sizeof(type));
  std::memcpy(&bytes[at + kHead], entry.name.data(), entry.name.size());
}

std::uint64_t inode_of(const Process& process, const std::string& directory, const MadeUpEntry& entry) {
  const std::string name = entry.name == "." ? directory : directory + "/" + entry.name;
  return status_of(process, name, {entry.kind, 0}).st_ino;
}

}  // namespace

std::int64_t open_made_up(Process& process, const std::string& path, int flags) {
  const auto file = find_made_up(process, path);
  if (!file) return -ENOENT;
  if (const std::int64_t error = refusal(process, path, *file, flags); error != 0) return error;
  int fd = -1;
  SpecialFile special;
  if (const auto memory = memory_behind(process, path)) {
    fd = open_text("", flags);
    special = MemoryFile{memory};
  } else if (file->kind == MadeUpFile::Kind::kText) {
    const auto text = text_of(process, path);
    if (!text) return -EACCES;
    fd = open_text(*text, flags);
  } else {
    // Stands for it in the host's table. Whatever the guest does to it without us fails, or is harmless.
    fd = ::open("/proc", (flags & O_PATH) | O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  }
  if (fd < 0) return -std::int64_t{errno};
  const int guest = process.fds->add(fd, (flags & O_CLOEXEC) != 0);
  if (guest >= 0) process.fds->file(guest)->made_up = path;
  if (guest >= 0) process.fds->file(guest)->special = std::move(special);
  return guest;
}

std::int64_t list_made_up(const Process& process, const OpenFile& directory, std::uint64_t to,
                          std::uint32_t most) {
  std::vector<MadeUpEntry> entries = {{".", MadeUpFile::Kind::kDirectory},
                                      {"..", MadeUpFile::Kind::kDirectory}};
  for (MadeUpEntry& entry : entries_of(process, directory.made_up)) entries.push_back(std::move(entry));
  // The host keeps the place, so that lseek and duplicates do what they should.
  const off_t begin = ::lseek(directory.host, 0, SEEK_CUR);
  if (begin < 0) return -ENOTDIR;
  std::vector<char> bytes;
  auto at = static_cast<std::size_t>(begin);
  for (; at < entries.size(); ++at) {
    const std::size_t before = bytes.size();
    const auto next = static_cast<std::int64_t>(at + 1);
    append_entry(bytes, entries[at], inode_of(process, directory.made_up, entries[at]), next);
    if (bytes.size() <= most) continue;
    bytes.resize(before);
    break;
  }
  if (bytes.empty() && at < entries.size()) return -EINVAL;
  if (!process.memory().write(to, bytes.data(), bytes.size())) return -EFAULT;
  ::lseek(directory.host, static_cast<off_t>(at), SEEK_SET);
  return static_cast<std::int64_t>(bytes.size());
}

std::int64_t access_made_up(const Process& process, const std::string& path, int mode) {
  const auto file = find_made_up(process, path);
  if (!file) return -ENOENT;
  if ((mode & ~(R_OK | W_OK | X_OK)) != 0) return -EINVAL;
  const auto wanted = static_cast<std::uint32_t>(mode);
  const std::uint32_t allowed =
      allowed_to(process.credentials, process.credentials.user().real, status_of(process, path, *file));
  return (wanted & ~allowed) == 0 ? 0 : -EACCES;
}

std::int64_t stat_made_up(const Process& process, const std::string& path, struct stat& status) {
  const auto file = find_made_up(process, path);
  if (!file) return -ENOENT;
  status = status_of(process, path, *file);
  return 0;
}

struct statx extended_status(const struct stat& status) {
  struct statx result {};
  result.stx_mask = STATX_BASIC_STATS;
  result.stx_blksize = static_cast<std::uint32_t>(status.st_blksize);
  result.stx_nlink = static_cast<std::uint32_t>(status.st_nlink);
  result.stx_uid = status.st_uid;
  result.stx_gid = status.st_gid;
  result.stx_mode = static_cast<std::uint16_t>(status.st_mode);
  result.stx_ino = status.st_ino;
  result.stx_size = static_cast<std::uint64_t>(status.st_size);
  result.stx_atime.tv_sec = result.stx_mtime.tv_sec = result.stx_ctime.tv_sec = status.st_mtim.tv_sec;
  result.stx_dev_major = major(status.st_dev);
  result.stx_dev_minor = minor(status.st_dev);
  return result;
}

}  // namespace m2sim::emu
