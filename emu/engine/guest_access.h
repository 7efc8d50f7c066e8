// Loads and stores of the guest: the one host trick of the emulator, behind one header.
//
// A guest access is a plain host access to base + address; a forbidden one raises SIGSEGV on the host,
// whose handler must learn which uop it was (by the one behind it), how much budget was left and where
// the log stands. On x86-64 the access is an asm statement that pins these three to rdi, rdx and rcx
// (where the calling convention has them anyway, so it costs nothing). Elsewhere they are written to
// CpuState first.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "emu/cpu/cpu_state.h"
#include "emu/engine/uop.h"

#if defined(__x86_64__) && !defined(M2SIM_PORTABLE)
#define M2SIM_PINNED_ACCESS 1
#else
#define M2SIM_PINNED_ACCESS 0
#endif

namespace m2sim::emu {

inline constexpr bool kPinnedAccess = M2SIM_PINNED_ACCESS != 0;

// An address at or above the limit: without its tag (top-byte-ignore is on for Linux programs) or, when
// that does not help, one in the guard region, which faults. Inline, because a call, even one that is
// never made, would cost every load and store its spills.
inline std::uint64_t resolve_wild_address(CpuState& cpu, std::uint64_t address) {
  const std::uint64_t untagged = address & (UINT64_MAX >> 8U);
  if (untagged < cpu.memory_limit) return untagged;
  // As Linux tells it: the tag of an address of the lower half is no part of it.
  cpu.wild_address = (address >> 55U & 1U) != 0 ? address : untagged;
  return cpu.memory_limit;
}

// What a handler sees of memory and log. kLog: effective addresses are recorded for a timing model.
template <bool kLog>
class GuestAccess {
 public:
  static constexpr bool kLogs = kLog;

  // `following`: the uop behind the one that makes the access.
  GuestAccess(const Uop* following, CpuState* cpu, std::int64_t budget, std::uint64_t* log, std::byte* memory)
      : following_(following), cpu_(cpu), budget_(budget), log_(log), memory_(memory) {}

  // Once per memory instruction, with its lowest address, before the access.
  void record(std::uint64_t address) {
    if constexpr (kLog) *log_++ = address;
  }

  // T: an unsigned integer of 8 to 64 bits, or Vec.
  template <class T>
  T load(std::uint64_t address);
  template <class T>
  void store(std::uint64_t address, T value);

  std::uint64_t* log() const { return log_; }

 private:
  std::byte* host(std::uint64_t address) {
    if (address >= cpu_->memory_limit) [[unlikely]]
      address = resolve_wild_address(*cpu_, address);
    return memory_ + address;
  }

  const Uop* following_;
  CpuState* cpu_;
  std::int64_t budget_;
  std::uint64_t* log_;
  std::byte* memory_;
};

#if M2SIM_PINNED_ACCESS

using HostVec = long long __attribute__((vector_size(16), aligned(1), may_alias));
using HostByte = std::uint8_t __attribute__((may_alias));
using HostHalf = std::uint16_t __attribute__((aligned(1), may_alias));
using HostWord = std::uint32_t __attribute__((aligned(1), may_alias));
using HostLong = std::uint64_t __attribute__((aligned(1), may_alias));

// The encodings must not mix: going from one to the other is slow on some hosts.
#ifdef __AVX__
#define M2SIM_MOVE_VECTOR "vmovdqu"
#else
#define M2SIM_MOVE_VECTOR "movdqu"
#endif

template <bool kLog>
template <class T>
inline T GuestAccess<kLog>::load(std::uint64_t address) {
  const std::byte* p = host(address);
  if constexpr (sizeof(T) == 16) {
    HostVec value;
    asm volatile(M2SIM_MOVE_VECTOR " %1, %0"
                 : "=x"(value)
                 : "m"(*reinterpret_cast<const HostVec*>(p)), "D"(following_), "d"(budget_), "c"(log_));
    return std::bit_cast<T>(value);
  } else if constexpr (sizeof(T) == 8) {
    std::uint64_t value;
    asm volatile("movq %1, %0"
                 : "=r"(value)
                 : "m"(*reinterpret_cast<const HostLong*>(p)), "D"(following_), "d"(budget_), "c"(log_));
    return value;
  } else {
    std::uint32_t value;
    if constexpr (sizeof(T) == 4) {
      asm volatile("movl %1, %0"
                   : "=r"(value)
                   : "m"(*reinterpret_cast<const HostWord*>(p)), "D"(following_), "d"(budget_), "c"(log_));
    } else if constexpr (sizeof(T) == 2) {
      asm volatile("movzwl %1, %0"
                   : "=r"(value)
                   : "m"(*reinterpret_cast<const HostHalf*>(p)), "D"(following_), "d"(budget_), "c"(log_));
    } else {
      asm volatile("movzbl %1, %0"
                   : "=r"(value)
                   : "m"(*reinterpret_cast<const HostByte*>(p)), "D"(following_), "d"(budget_), "c"(log_));
    }
    return static_cast<T>(value);
  }
}

template <bool kLog>
template <class T>
inline void GuestAccess<kLog>::store(std::uint64_t address, T value) {
  std::byte* p = host(address);
  if constexpr (sizeof(T) == 16) {
    const auto bits = std::bit_cast<HostVec>(value);
    asm volatile(M2SIM_MOVE_VECTOR " %1, %0"
                 : "=m"(*reinterpret_cast<HostVec*>(p))
                 : "x"(bits), "D"(following_), "d"(budget_), "c"(log_));
  } else if constexpr (sizeof(T) == 8) {
    asm volatile("movq %1, %0"
                 : "=m"(*reinterpret_cast<HostLong*>(p))
                 : "r"(value), "D"(following_), "d"(budget_), "c"(log_));
  } else if constexpr (sizeof(T) == 4) {
    asm volatile("movl %1, %0"
                 : "=m"(*reinterpret_cast<HostWord*>(p))
                 : "r"(value), "D"(following_), "d"(budget_), "c"(log_));
  } else if constexpr (sizeof(T) == 2) {
    asm volatile("movw %1, %0"
                 : "=m"(*reinterpret_cast<HostHalf*>(p))
                 : "r"(value), "D"(following_), "d"(budget_), "c"(log_));
  } else {
    asm volatile("movb %1, %0"
                 : "=m"(*reinterpret_cast<HostByte*>(p))
                 : "q"(value), "D"(following_), "d"(budget_), "c"(log_));
  }
}

#else

template <bool kLog>
template <class T>
inline T GuestAccess<kLog>::load(std::uint64_t address) {
  cpu_->exit_uop = following_ - 1;
  cpu_->budget = budget_;
  cpu_->log = log_;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  T value;
  std::memcpy(&value, host(address), sizeof(T));
  std::atomic_signal_fence(std::memory_order_seq_cst);
  return value;
}

template <bool kLog>
template <class T>
inline void GuestAccess<kLog>::store(std::uint64_t address, T value) {
  cpu_->exit_uop = following_ - 1;
  cpu_->budget = budget_;
  cpu_->log = log_;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  std::memcpy(host(address), &value, sizeof(T));
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

#endif

}  // namespace m2sim::emu
