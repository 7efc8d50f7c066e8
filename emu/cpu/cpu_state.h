// The architectural state of one guest thread, laid out for the handlers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "emu/cpu/flags.h"
#include "emu/cpu/stale_code.h"

namespace m2sim::emu {

struct Block;
struct Uop;

// General registers live in slots so that handlers need no tests: number 31 becomes the zero slot when
// read, the trash slot when written, or the stack pointer's slot, when a block is translated.
inline constexpr std::uint8_t kZeroSlot = 31;  // always 0
inline constexpr std::uint8_t kSpSlot = 32;
inline constexpr std::uint8_t kTrashSlot = 33;  // never read
inline constexpr std::size_t kSlotCount = 34;

// A 128-bit SIMD register; lanes are little-endian as on the guest.
struct alignas(16) Vec {
  std::array<std::byte, 16> bytes{};

  template <class T>
  T get(unsigned lane) const {
    T value;
    std::memcpy(&value, bytes.data() + lane * sizeof(T), sizeof(T));
    return value;
  }
  template <class T>
  void set(unsigned lane, T value) {
    std::memcpy(bytes.data() + lane * sizeof(T), &value, sizeof(T));
  }
  // Scalar result: the low element is written, the rest of the register becomes zero.
  template <class T>
  void set_scalar(T value) {
    *this = Vec{};
    set<T>(0, value);
  }
};

// Results of the host's arithmetic that may stand as they are: magnitudes from `least` on, `count` of them.
// None while `count` is 0.
template <class T>
struct FpRange {
  T least = 0;
  T count = 0;
};

// Why a run of handlers came back to the run loop.
enum class Exit : std::uint8_t {
  kUnlinked,    // successor block not resolved yet: resolve `target pc`, link, go on
  kBudget,      // instruction budget of the slice is used up
  kLookup,      // indirect branch whose target the jump cache does not hold
  kSystemCall,  // svc
  kBreakpoint,
  kUndefined,
  kSynchronise,  // isb: blocks of changed code must be dropped here
  kFault,        // data fault, from the host signal handler
  kWatched,      // exit_uop is the first of a block with a trap, which did not begin
  kHot,          // the same: the counter of its first uop has come to 0
  kPointerAuth,  // an authentication failed: exit_uop did not execute, nor the rest of its block
};

// CNTFRQ_EL0. published: Apple cores count at 24 MHz (m1 and m2 device trees of Linux).
inline constexpr std::uint64_t kCounterHz = 24'000'000;

// The guest's clocks advance with retired instructions, so that every run sees the same times; the rate
// is that of an Apple P-core on ordinary code (3.5 GHz at about 2.3 instructions a cycle).
inline constexpr std::uint64_t kInstsPerNanosecond = 8;

// PSTATE bits that a program may set, at their places in SPSR and in their system registers.
inline constexpr std::uint32_t kSsbsBit = std::uint32_t{1} << 12U;
inline constexpr std::uint32_t kDitBit = std::uint32_t{1} << 24U;

inline constexpr std::uint64_t kNoAddress = UINT64_MAX;
inline constexpr std::size_t kJumpCacheSize = 4096;

struct alignas(64) CpuState {
  std::array<std::uint64_t, kSlotCount> x{};
  Flags flags{};
  alignas(64) std::array<Vec, 32> v{};

  std::uint64_t pc = 0;  // valid only outside handlers
  std::uint32_t fpcr = 0;
  std::uint32_t fpsr = 0;
  // FPCR is at its default and FPSR has IXC: see emu/fp/fp.h, which keeps these. The ranges are empty
  // otherwise, so that one look at a result tells both.
  bool fp_fast = false;
  FpRange<std::uint32_t> finite_singles;
  FpRange<std::uint32_t> ordinary_singles;
  FpRange<std::uint64_t> finite_doubles;
  FpRange<std::uint64_t> ordinary_doubles;
  std::uint64_t tpidr_el0 = 0;
  std::uint32_t pstate = kSsbsBit;  // DIT and SSBS, which have no effect here; Linux starts with SSBS set

  // Exclusive monitor: a store-exclusive succeeds while address, size and value still match.
  std::uint64_t exclusive_address = UINT64_MAX;
  std::array<std::uint64_t, 2> exclusive_value{};
  std::uint8_t exclusive_bytes = 0;

  // The engine's own part, written back when a run of handlers ends.
  std::byte* memory_base = nullptr;
  std::uint64_t memory_limit = 0;
  std::uint64_t* log = nullptr;
  std::int64_t budget = 0;
  const Uop* exit_uop = nullptr;  // the uop that left
  const Block** link = nullptr;   // where to store the resolved successor (kUnlinked)
  Exit exit = Exit::kBudget;
  StaleCode stale_code;            // lines that ic ivau named; acts at the next isb
  std::uint64_t wild_address = 0;  // what a guest access was turned away from, for the fault report
  std::uint64_t misaligned_address = kNoAddress;  // of the exclusive sent to fault for its alignment
  // For CNTVCT_EL0: the guest's monotonic clock, in 1 / kInstsPerNanosecond ns, when `budget` reaches 0.
  std::uint64_t clock_at_budget_end = 0;
  std::array<const Block*, kJumpCacheSize> jump_cache{};
};

}  // namespace m2sim::emu
