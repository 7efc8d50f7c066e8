// Descriptors that stand for processes.
#pragma once

#include <cstdint>
#include <optional>

#include "emu/linux/process.h"

namespace m2sim::emu {

// A new one, close-on-exec, that becomes readable when the process ends; or -errno.
std::int64_t make_pidfd(Process& process, int pid, bool nonblocking);
// Empty: no such descriptor.
std::optional<int> pid_of(const Process& process, int guest_fd);

}  // namespace m2sim::emu
