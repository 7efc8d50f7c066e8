// Every implemented system call, and what their bodies share.
#pragma once

#include <fcntl.h>

#include <cerrno>
#include <cstdint>

#include "emu/linux/files/path_walk.h"
#include "emu/linux/process.h"

namespace m2sim::emu::sys {

#define SYSCALL(number, name, arguments) std::int64_t name(Process& process, const Args& args);
#define SYSCALL_NAME(number, name)
#include "emu/linux/calls/syscalls.inc"
#undef SYSCALL
#undef SYSCALL_NAME

// Linux's longest file name, with the zero byte.
inline constexpr std::uint64_t kPathMax = 4096;

// Turns the host's -1 and errno into the -errno of the kernel's interface.
inline std::int64_t result_of(std::int64_t host) { return host < 0 ? -std::int64_t{errno} : host; }

// The result of a call that writes: a reader that has gone also costs the guest a SIGPIPE.
std::int64_t written(Process& process, std::int64_t result);

// prctl(PR_SET_SECCOMP).
std::int64_t set_seccomp_by_prctl(Process& process, const Args& args);

// A name argument, resolved; `error` of the result is set when it is not readable or must be refused. With
// LastLink::kFollow the host's call will meet no link, whatever its flags.
HostPath path_argument(const Process& process, int directory, std::uint64_t address,
                       LastLink last = LastLink::kFollow);
// For calls with AT_SYMLINK_NOFOLLOW among their flags.
inline LastLink last_link(int flags) {
  return (flags & AT_SYMLINK_NOFOLLOW) != 0 ? LastLink::kKeep : LastLink::kFollow;
}

}  // namespace m2sim::emu::sys
