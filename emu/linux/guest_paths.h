// File names as the guest sees them: its working directory, and the sysroot laid over the host's files.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace m2sim::emu {

// What to hand to the host's ...at() calls; `error` is a positive errno when the name must be refused.
struct HostPath {
  int directory = -1;  // host descriptor or AT_FDCWD
  std::string path;
  int error = 0;
  // The canonical guest name of a file whose contents the emulated kernel makes up (proc_files.h); `error` is
  // then EPERM, so that a call which does not know such files leaves them alone.
  std::string made_up{};

  // One name for host calls that take no directory.
  std::string whole() const;
};

// A name of the kernel's for what is open on a host descriptor: an absolute host path, or "pipe:[5]" and the
// like. Empty with errno set where there is none.
std::string name_of_descriptor(int host_fd);

// Closes the host descriptor with its last owner; null for what is none (-1).
std::shared_ptr<const int> held_descriptor(int host_fd);

class GuestPaths {
 public:
  explicit GuestPaths(std::string sysroot);
  ~GuestPaths();
  GuestPaths(const GuestPaths& other);  // fork: the same working directory, held on its own
  GuestPaths& operator=(const GuestPaths&) = delete;

  void set_program(std::string absolute_path) { program_ = std::move(absolute_path); }
  const std::string& program() const { return program_; }

  // Absolute, without a slash at the end; empty: none.
  const std::string& sysroot() const { return sysroot_; }
  // The same folder by a way that does not lead through those above it, which are not the guest's: for one
  // that has become a user who may not pass them.
  std::string way_into_sysroot() const;
  bool in_sysroot(std::string_view host_path) const;
  // What the guest calls a file of the host: names below the sysroot lose its part.
  std::string guest_name(const std::string& host_path) const;

  // The guest's working directory; the simulator's own stays what it is. 0, or -1 with errno set.
  int change_directory(const HostPath& path);
  int directory() const { return cwd_; }  // host descriptor, or AT_FDCWD until the guest moves
  // Its canonical name when it is one of the made-up directories; else empty.
  const std::string& made_up_directory() const { return made_up_cwd_; }
  // Empty with errno set when it has been deleted.
  std::string working_directory() const;
  // The host's name of it, also where the guest has not moved.
  std::string host_directory() const;

 private:
  std::string sysroot_;
  std::shared_ptr<const int> sysroot_directory_;  // host descriptor; null: none
  std::string program_;
  int cwd_;
  std::string made_up_cwd_;
};

}  // namespace m2sim::emu
