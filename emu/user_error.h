// The one exception type of m2sim: a mistake of the user, as opposed to a guest fault (a value) or a
// mistake of ours (an assertion).
#pragma once

#include <stdexcept>
#include <string>

namespace m2sim::emu {

// Exit statuses follow what env(1) and timeout(1) do.
inline constexpr int kExitInternal = 125;       // m2sim itself cannot go on
inline constexpr int kExitNotExecutable = 126;  // the program is there but cannot be run
inline constexpr int kExitNotFound = 127;       // the program is not there

// The message is one line without a final period and without the "m2sim: " in front: what is wrong,
// where, and what to do about it.
class UserError : public std::runtime_error {
 public:
  UserError(const std::string& message, int exit_status)
      : std::runtime_error(message), exit_status_(exit_status) {}
  int exit_status() const { return exit_status_; }

 private:
  int exit_status_;
};

}  // namespace m2sim::emu
