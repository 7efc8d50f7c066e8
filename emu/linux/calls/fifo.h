// Opening named pipes, whose two ends wait for each other.
#pragma once

#include "emu/linux/process.h"

namespace m2sim::emu {

// openat of a file that is a FIFO: a descriptor, kBlocked until somebody opens the other end, or -errno. A
// guest that waits counts as having opened; one outside is seen when it writes or leaves. `flags` are the
// host's.
std::int64_t open_fifo(Process& process, const HostPath& path, int flags);

}  // namespace m2sim::emu
