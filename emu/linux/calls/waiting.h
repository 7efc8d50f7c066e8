// System calls that wait: for how long, as deadlines on the simulated clock, with which signals blocked, and
// for which files.
#pragma once

#include <cerrno>
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
// the host's call will not wait, or says itself that it would. Files that never make wait cost nothing. A
// socket may have a time limit of its own (SO_RCVTIMEO, SO_SNDTIMEO): -EAGAIN when it is over.
std::int64_t wait_for_file(Process& process, const OpenFile& file, short events);

// The same for a file that has said itself that it is not ready. `announced`: poll() tells when it is.
std::int64_t sleep_for_file(Process& process, const OpenFile& file, short events, bool announced);

// Whether the host's call neither waits nor moves less than it should, ready or not. It then knows best what
// is an error, or done at once. `empty`: it has nothing to move.
bool answers_at_once(const OpenFile& file, short events, bool empty);

// What `call` gives, the host's call as bytes or -errno, once it would not wait any more.
template <class Call>
std::int64_t when_ready(Process& process, const OpenFile& file, short events, bool empty, const Call& call) {
  const std::int64_t wait = wait_for_file(process, file, events);
  // The last word of a call takes what there is.
  const bool last = (wait != kBlocked || process.task->wait.interrupted) && file.never_blocks_host();
  if (wait != 0 && !last && !answers_at_once(file, events, empty)) return wait;
  const std::int64_t result = call();
  if (result != -EAGAIN) return result;
  if (wait != 0) return wait;
  const bool waits = file.never_blocks_host() && !file.nonblocking;
  return waits ? sleep_for_file(process, file, events, false) : result;
}

}  // namespace m2sim::emu
