// The guest's file descriptors. A number of the guest's is an index into this table and never a host
// descriptor, so that the guest cannot reach what the simulator has open.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emu/linux/async_files.h"
#include "emu/linux/resource_limits.h"
#include "emu/linux/special_file.h"

namespace m2sim::emu {

// An open file description: what dup and fork share. It owns its host descriptor.
struct OpenFile {
  // plain: never makes a caller wait (a regular file, a directory). foreign: may wait for something outside
  // the guest, and the host's flags are the guest's. inner: both ends are the guest's own (a pipe, a socket
  // pair, an eventfd); the host's descriptor never blocks and `nonblocking` is what the guest has asked for.
  // socket: like inner, but the other end may be anywhere (a named pipe, too).
  enum class Kind : std::uint8_t { kPlain, kForeign, kInner, kSocket };

  OpenFile(int host_fd, Kind its_kind, bool owns) : host(host_fd), kind(its_kind), owned(owns) {}
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  // Whether the host's descriptor is O_NONBLOCK whatever the guest asked for.
  bool never_blocks_host() const { return kind == Kind::kInner || kind == Kind::kSocket; }
  // Whether something that is no guest may make it ready.
  bool outside() const;
  bool is_special() const { return !std::holds_alternative<std::monostate>(special); }
  // Both ends are the guest's, after all.
  void become_inner();
  // What never changes of it; the host is asked once.
  struct Nature {
    bool socket;
    int access;  // O_RDONLY, O_WRONLY or O_RDWR
  };
  const Nature& nature() const;
  // Another host descriptor for the same file, which goes with it; -1 with errno set.
  int duplicate();
  void drop_duplicate(int fd);

  int host;
  Kind kind;
  bool owned;
  bool nonblocking = false;
  std::string made_up;  // the canonical name of one of proc_files.h, whose stand-in `host` is
  bool random = false;  // /dev/urandom: read from the guest's own stream
  SpecialFile special;
  AsyncState async;
  std::shared_ptr<struct Pty> pty;  // an end of it; null: of none

 private:
  std::vector<int> duplicates_;
  mutable std::optional<Nature> nature_;
};

class FdTable {
 public:
  struct Empty {};

  explicit FdTable(Empty /*nothing*/) {}
  // Its 0, 1 and 2 are these of the host's, as far as the host has them open.
  explicit FdTable(std::array<int, 3> streams = {0, 1, 2});
  FdTable(const FdTable&) = default;  // fork: the same open files
  FdTable& operator=(const FdTable&) = delete;

  // Null: not open (EBADF).
  std::shared_ptr<OpenFile> file(int guest) const;
  // The host descriptor behind a guest number, or -1 (EBADF).
  int host(int guest) const;
  bool open(int guest) const { return host(guest) >= 0; }

  // Takes ownership of a host descriptor; returns the lowest free guest number from `lowest` on, or
  // -EMFILE (then the descriptor is closed). Its kind is found out by looking.
  int add(int host_fd, bool close_on_exec, int lowest = 0);
  // An inner file or a socket; the host's descriptor becomes O_NONBLOCK.
  int add(int host_fd, bool close_on_exec, OpenFile::Kind kind, bool nonblocking, SpecialFile special = {});
  // Another number for an open file (dup).
  int add(std::shared_ptr<OpenFile> file, bool close_on_exec, int lowest = 0);
  // The same under a given number, closing what was there; -EBADF beyond most().
  int put(int guest, std::shared_ptr<OpenFile> file, bool close_on_exec);
  int close(int guest);  // 0 or -errno
  void close_for_exec();

  bool close_on_exec(int guest) const;
  void set_close_on_exec(int guest, bool on);
  // Numbers that may be given out are below this (the soft RLIMIT_NOFILE); what is above stays open.
  int most() const { return most_; }
  void set_most(int most) { most_ = most; }
  int size() const { return static_cast<int>(entries_.size()); }
  // For checkpoints: `visit` does a std::shared_ptr<OpenFile>.
  template <class Archive, class Visit>
  void fields(Archive& archive, Visit visit) {
    std::uint32_t count = static_cast<std::uint32_t>(entries_.size());
    archive(count, most_);
    if (count > kMostOpenFiles) archive.damaged();
    entries_.resize(count);
    for (Entry& entry : entries_) {
      visit(entry.file);
      archive(entry.close_on_exec);
    }
  }

 private:
  struct Entry {
    std::shared_ptr<OpenFile> file;
    bool close_on_exec = false;
  };
  std::vector<Entry> entries_;
  int most_ = static_cast<int>(kMostOpenFiles);
};

}  // namespace m2sim::emu
