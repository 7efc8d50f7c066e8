// The guest's file descriptors. A number of the guest's is an index into this table and never a host
// descriptor, so that the guest cannot reach what the simulator has open.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace m2sim::emu {

class FdTable {
 public:
  static constexpr int kMost = 1024;  // RLIMIT_NOFILE

  FdTable();  // 0, 1 and 2 are the host's, as far as the host has them open
  ~FdTable();
  FdTable(const FdTable&) = delete;
  FdTable& operator=(const FdTable&) = delete;

  // The host descriptor behind a guest number, or -1 (EBADF).
  int host(int guest) const;
  bool open(int guest) const { return host(guest) >= 0; }

  // Takes ownership of a host descriptor; returns the lowest free guest number from `lowest` on, or
  // -EMFILE (then the descriptor is closed).
  int add(int host_fd, bool close_on_exec, int lowest = 0);
  // The same under a given number, closing what was there; -EBADF beyond kMost. Host
  // descriptors 0 to 2 are replaced by higher ones.
  int put(int guest, int host_fd, bool close_on_exec);
  // 0 or -errno. The simulator's own standard streams are forgotten, not closed.
  int close(int guest);

  bool close_on_exec(int guest) const;
  void set_close_on_exec(int guest, bool on);
  int size() const { return static_cast<int>(entries_.size()); }

 private:
  struct Entry {
    int host = -1;
    bool owned = false;
    bool close_on_exec = false;
  };
  std::vector<Entry> entries_;
};

}  // namespace m2sim::emu
