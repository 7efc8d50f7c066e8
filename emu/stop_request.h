// Ends a run from a signal handler: the run loop stops at the next end of a slice, a scheduler that waits
// for something outside within a tenth of a second.
#pragma once

#include <atomic>

namespace m2sim::emu {

// 0, or the signal that asks for the end.
inline std::atomic<int> stop_request{0};
static_assert(std::atomic<int>::is_always_lock_free);

}  // namespace m2sim::emu
