// What ends m2sim before a guest does: one line, and an exit status as env(1) and timeout(1) give it.
#pragma once

#include <fmt/format.h>

#include <utility>

#include "emu/user_error.h"

namespace m2sim::cmd {

inline constexpr int kExitUnreached = 123;      // a region that was asked for never came
inline constexpr int kExitTimeout = 124;        // --timeout ended the run
inline constexpr int kExitInternal = 125;       // m2sim itself cannot go on
inline constexpr int kExitNotExecutable = 126;  // the program is there but cannot be run
inline constexpr int kExitNotFound = 127;       // the program is not there

inline int exit_status_of(const emu::UserError& error) {
  switch (error.kind()) {
    case emu::UserError::Kind::kNotExecutable:
      return kExitNotExecutable;
    case emu::UserError::Kind::kNotFound:
      return kExitNotFound;
    case emu::UserError::Kind::kOther:
      break;
  }
  return kExitInternal;
}

// m2sim's own, formatted.
template <class... Args>
emu::UserError failure(fmt::format_string<Args...> format, Args&&... args) {
  return emu::UserError(fmt::format(format, std::forward<Args>(args)...), emu::UserError::Kind::kOther);
}

}  // namespace m2sim::cmd
