// Files of the host that a checkpoint stands on: the program, what is mapped, what is open. It has their
// names and what they were, not what is in them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "emu/linux/checkpoint/archive.h"

namespace m2sim::emu {

// A file of the host that is open for a while.
class HostFile {
 public:
  HostFile(const std::string& path, int flags);
  ~HostFile();
  HostFile(const HostFile&) = delete;
  HostFile& operator=(const HostFile&) = delete;
  int fd() const { return fd_; }  // negative: it could not be opened, and why() says more

 private:
  int fd_;
};

// What the last call of the host's said that failed.
std::string why();

struct KeptFile {
  std::string path;    // absolute
  std::string digest;  // SHA-256 of `size` bytes
  std::uint64_t size = 0;
  bool written = false;  // the guest may write to it: what is behind its size now was written later

  void fields(Archive& archive) { archive(path, digest, size, written); }
};

class KeptFiles {
 public:
  // Throws UserError where the file cannot be found under its name any more, or read.
  void add(const std::string& path, int fd, bool written);
  void fields(Archive& archive) { archive(files_); }
  // All are there and what they were. Throws UserError; nothing is changed.
  void check() const;
  // Of those that the guest writes to, what was written behind the checkpoint goes. Throws UserError.
  void take_back() const;

 private:
  std::vector<KeptFile> files_;
};

}  // namespace m2sim::emu
