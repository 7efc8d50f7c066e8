// Futexes: threads that wait for a word of memory.
#pragma once

#include <cstdint>

#include "emu/linux/task.h"

namespace m2sim::emu {

inline constexpr std::uint32_t kAllFutexBits = UINT32_MAX;  // FUTEX_BITSET_MATCH_ANY

// `may_be_shared`: the call lacks FUTEX_PRIVATE_FLAG, so other processes may wait for the same word.
FutexKey futex_key(const Process& process, std::uint64_t address, bool may_be_shared);

// A thread ends: the mutexes on its robust list are marked, and one waiter of each is woken.
void release_robust_futexes(Task& task);

}  // namespace m2sim::emu
