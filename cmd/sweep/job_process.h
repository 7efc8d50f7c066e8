// A job as a process that is watched, not waited for.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace m2sim::cmd {

struct JobProcessSpec {
  std::vector<std::string> argv;  // argv[0] is the host path of the program
  std::string folder;             // that it runs in
  std::string stdin_path;         // empty: its input is
};

struct JobProcessEnd {
  bool killed = false;  // by a signal, `status`; else that is its exit status
  int status = 0;
  bool timed_out = false;
  double seconds = 0;
  std::uint64_t peak_memory = 0;  // bytes
  std::string last_line;          // of its standard error
};

// Its output goes nowhere, its standard error is kept in part. It dies with this process, and is killed by
// the destructor where it still runs.
class JobProcess {
 public:
  JobProcess(const JobProcessSpec& spec, double timeout);  // throws UserError
  ~JobProcess();
  JobProcess(const JobProcess&) = delete;
  JobProcess& operator=(const JobProcess&) = delete;

  int error_pipe() const { return pipe_; }  // to poll; -1: there is nothing more to come

  // Reads what it has said, kills it when its time is over, and returns how it ended when it has.
  std::optional<JobProcessEnd> check();
  double seconds() const;

 private:
  void read_errors();

  pid_t pid_ = -1;  // also its process group
  int pipe_ = -1;
  double timeout_;
  bool timed_out_ = false;
  std::string said_;  // the last of it
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace m2sim::cmd
