// Futexes whose word names their owner (FUTEX_LOCK_PI): the kernel hands them on. There are no priorities
// here that could be inherited.
#pragma once

#include <cstdint>

#include "emu/linux/task.h"

namespace m2sim::emu {

// The bits of such a word beside the owner's thread id.
inline constexpr std::uint32_t kFutexOwner = 0x3fffffff;
inline constexpr std::uint32_t kFutexOwnerDied = 0x40000000;
inline constexpr std::uint32_t kFutexWaiters = 0x80000000;

// What a call that locks returns: 0 where the caller has it now, kBlocked where it waits, or an error.
// `tries`: it does not wait. The task's wait has its deadline already.
std::int64_t lock_pi_futex(Task& task, std::uint64_t address, bool may_be_shared, bool tries);
std::int64_t unlock_pi_futex(Task& task, std::uint64_t address, bool may_be_shared);

// Its owner ends.
void orphan_pi_futex(const Process& process, std::uint64_t address);
// A thread ends: those it still owns go to who waits for them.
void release_pi_futexes(Task& task);

}  // namespace m2sim::emu
