// One of the two executions that are compared: a process of its own, and what it leaves.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cmd/guest/options.h"

namespace m2sim::cmd {

// Where it takes its input and leaves its output: names of files.
struct Streams {
  std::string input;
  std::string output;
  std::string error;
};

struct Execution {
  // kFailed: there is no end to compare, and `why` says why.
  enum class End { kExit, kSignal, kTimeout, kFailed };
  End end = End::kFailed;
  int number = 0;  // the exit status, or the signal's number
  std::string why;
  std::vector<std::string> notes;  // for who wonders why the other one is different
};

// "exit status 3", "killed by SIGSEGV".
std::string end_text(const Execution& execution);

// `directory` is the guest's. Both throw UserError where nothing could be begun.
Execution run_under_qemu(const std::string& qemu, const GuestOptions& guest, const std::string& directory,
                         const Streams& streams, std::optional<double> timeout);
// `report` is a file for what only the process that runs m2sim knows.
Execution run_under_m2sim(const GuestOptions& guest, const std::string& directory, const Streams& streams,
                          const std::string& report, std::optional<double> timeout);

}  // namespace m2sim::cmd
