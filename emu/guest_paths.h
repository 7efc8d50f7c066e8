// File names as the guest sees them: its working directory, the sysroot, and the names in /proc and /dev
// that would otherwise show the simulator instead of the guest.
#pragma once

#include <string>

namespace m2sim::emu {

class FdTable;

// What to hand to the host's ...at() calls; `error` is a positive errno when the name must be refused.
struct HostPath {
  int directory = -1;  // host descriptor or AT_FDCWD
  std::string path;
  int error = 0;

  // One name for host calls that take no directory.
  std::string whole() const;
};

class GuestPaths {
 public:
  explicit GuestPaths(std::string sysroot);
  ~GuestPaths();
  GuestPaths(const GuestPaths& other);  // fork: the same working directory, held on its own
  GuestPaths& operator=(const GuestPaths&) = delete;

  void set_program(std::string absolute_path) { program_ = std::move(absolute_path); }
  const std::string& program() const { return program_; }

  // `directory` is a guest descriptor or AT_FDCWD, which arm64 and the host both call -100.
  HostPath resolve(const FdTable& fds, int directory, const std::string& path) const;

  // What the guest calls a file of the host: names below the sysroot lose its part.
  std::string guest_name(const std::string& host_path) const;

  // Names whose answer the kernel makes up: the guest's regions, the guest's program.
  static bool is_own_maps(const std::string& path);
  static bool is_own_exe(const std::string& path);

  // The guest's working directory; the simulator's own stays what it is. 0, or -1 with errno set.
  int change_directory(int host_directory, const char* path);
  int change_directory(int host_directory);  // to an open directory
  // Empty with errno set when it has been deleted.
  std::string working_directory() const;

 private:
  std::string sysroot_;  // without a slash at the end
  std::string program_;
  int cwd_;  // host descriptor, or AT_FDCWD until the guest moves
};

}  // namespace m2sim::emu
