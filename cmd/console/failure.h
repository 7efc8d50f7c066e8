// m2sim's own failures, formatted: status 125 (emu/user_error.h), one line.
#pragma once

#include <fmt/format.h>

#include <utility>

#include "emu/user_error.h"

namespace m2sim::cmd {

template <class... Args>
emu::UserError failure(fmt::format_string<Args...> format, Args&&... args) {
  return emu::UserError(fmt::format(format, std::forward<Args>(args)...), emu::kExitInternal);
}

}  // namespace m2sim::cmd
