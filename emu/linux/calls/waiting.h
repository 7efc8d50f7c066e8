// System calls that wait: for how long, as deadlines on the simulated clock, with which signals blocked, and
// for which files.
#pragma once

#include <cstdint>

#include "emu/linux/calls/timespec.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

struct TimeLimit {
  bool given = false;
  std::uint64_t nanoseconds = 0;
  std::int64_t error = 0;  // -EFAULT or -EINVAL
};

// The timespec at `address`; a null pointer is no limit.
TimeLimit time_limit(const Process& process, std::uint64_t address);

// A value for Wait::deadline.
std::uint64_t deadline_after(const Process& process, std::uint64_t nanoseconds);

// Whether the caller's deadline has passed.
bool timed_out(const Process& process);

// ppoll and its relatives: the mask at `address` (none if null) replaces the caller's until its call has
// ended or a handler has begun. 0 or -EFAULT.
std::int64_t set_wait_mask(Process& process, std::uint64_t address);

// Puts the caller to sleep until the host's file is ready for `events`, unless it is already: then 0, and
// the host's call will not wait, or says itself that it would. Files that never make wait cost nothing.
std::int64_t wait_for_file(Process& process, const OpenFile& file, short events);

// The same for a socket, which may have a time limit of its own (SO_RCVTIMEO, SO_SNDTIMEO): -EAGAIN then.
std::int64_t wait_for_socket(Process& process, const OpenFile& file, short events);

}  // namespace m2sim::emu
