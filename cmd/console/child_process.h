// Programs that m2sim starts, and the files between them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace m2sim::cmd {

struct ChildSpec {
  std::vector<std::string> argv;  // argv[0] is the host path of the program; its input is empty
  std::string stdout_path;        // created or truncated
  std::string stderr_path;
};

// Runs it to its end and returns its exit status, 128 + n when signal n ended it. The child dies with
// the thread that called. Throws UserError when it cannot be started. Safe to call from several threads.
int run_child(const ChildSpec& spec);

// A private directory that goes away with its owner.
class TemporaryDirectory {
 public:
  TemporaryDirectory();  // throws UserError
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  void remove();  // ahead of time; nothing can be put there any more
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::filesystem::path own_executable();  // throws UserError

}  // namespace m2sim::cmd
