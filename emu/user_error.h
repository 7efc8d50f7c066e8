// The one exception type of m2sim: a mistake of the user, as opposed to a guest fault (a value) or a
// mistake of ours (an assertion).
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace m2sim::emu {

// The message is one line without a final period and without the "m2sim: " in front: what is wrong,
// where, and what to do about it.
class UserError : public std::runtime_error {
 public:
  enum class Kind : std::uint8_t {
    kOther,
    kNotExecutable,  // the program is there but cannot be run
    kNotFound,       // the program is not there
  };

  UserError(const std::string& message, Kind kind) : std::runtime_error(message), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

}  // namespace m2sim::emu
