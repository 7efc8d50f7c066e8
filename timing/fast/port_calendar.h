// The ports behind one dispatch queue as calendars: which of the coming cycles are taken, and in which
// an operation leaves its scheduler. For a model that schedules uops in program order and not cycle by
// cycle: giving each uop the first free cycle is then the same as letting the oldest ready uop win.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "timing/cycle.h"
#include "timing/least_lane.h"
#include "timing/nth_bit.h"
#include "timing/zeroed_array.h"

namespace m2sim::timing {

inline constexpr unsigned kCalendarPorts = kLaneCount;

class PortCalendar {
  static constexpr std::size_t kSpans = 1024;  // of 64 cycles
  static constexpr Cycle kCycles = kSpans * 64;

 public:
  static constexpr Cycle kReach = kCycles - 256;
  // Whoever books what is less than kReach ahead may be so many cycles ahead of now().
  static constexpr Cycle kMostBehind = 64;

  Cycle now() const { return now_; }

  static constexpr unsigned kMostInARow = 64;  // that book_row() books

  // The first cycle from `from` on of so many free ones in a row.
  Cycle first_free(unsigned port, Cycle from, unsigned length) const {
    if (length > kMostInARow) [[unlikely]]
      return first_free_of_many(port, from, length);
    Cycle base = from & ~Cycle{63};
    std::uint64_t free = ~span(base).busy[port];
    std::uint64_t begins = ~std::uint64_t{0} << (from % 64);
    for (;; begins = ~std::uint64_t{0}) {
      const std::uint64_t next = ~span(base + 64).busy[port];
      for (unsigned i = 1; i < length; ++i) begins &= free >> i | next << (64 - i);
      begins &= free;
      if (begins != 0) return base + static_cast<unsigned>(std::countr_zero(begins));
      base += 64;
      free = next;
    }
  }

  // Books the first free cycle from `from` on, and returns it.
  [[gnu::always_inline]] Cycle book_first(unsigned port, Cycle from) {
    Span* at = &span(from);
    std::uint64_t free = ~at->busy[port] >> (from % 64) << (from % 64);
    Cycle base = from & ~Cycle{63};
    while (free == 0) [[unlikely]] {
        base += 64;
        at = &span(base);
        free = ~at->busy[port];
      }
    const std::uint64_t lowest = free & -free;
    at->busy[port] |= lowest;
    at->leaves[port] |= lowest;
    return base + static_cast<unsigned>(std::countr_zero(free));
  }

  // Books the first cycle from `from` on in which one of several ports is free, of those the lowest. Without
  // a branch for each port, which the host could not predict.
  [[gnu::always_inline]] Cycle book_first_of(unsigned ports, Cycle from, unsigned& port) {
    for (;; from = (from | 63) + 1) {
      Span& at = span(from);
      const FirstTaken taken = first_taken(at, ports);
      const std::uint64_t free = ~taken[3] >> (from % 64) << (from % 64);
      if (free == 0) [[unlikely]]
        continue;
      const auto first = static_cast<unsigned>(std::countr_zero(free));
      port =
          static_cast<unsigned>((taken[0] >> first & 1) + (taken[1] >> first & 1) + (taken[2] >> first & 1));
      at.busy[port] |= free & -free;
      at.leaves[port] |= free & -free;
      return (from & ~Cycle{63}) + first;
    }
  }

  // Books so many free cycles in a row, at most kMostInARow.
  void book_row(unsigned port, Cycle cycle, unsigned length) {
    const std::uint64_t row = ~std::uint64_t{0} >> (64 - length);
    Span& first = span(cycle);
    first.leaves[port] |= std::uint64_t{1} << (cycle % 64);
    first.busy[port] |= row << (cycle % 64);
    if (cycle % 64 + length > 64) span(cycle + 64).busy[port] |= row >> (64 - cycle % 64);
  }
  // Books a free cycle, and as many of the free ones behind it as the operation blocks its port for, in a row
  // or not.
  void book(unsigned port, Cycle cycle, unsigned length) {
    span(cycle).leaves[port] |= std::uint64_t{1} << (cycle % 64);
    for (; length != 0; ++cycle) {
      if (busy(port, cycle)) continue;
      span(cycle).busy[port] |= std::uint64_t{1} << (cycle % 64);
      --length;
    }
  }

  // Moves to `cycle`, which is not before now(). Returns how many operations left their scheduler after the
  // old time up to and including the new one, in lanes; `place`: of each port's lane, in bits.
  Lanes advance(Cycle cycle, const std::array<std::uint8_t, kCalendarPorts>& place) {
    Lanes left = 0;
    while (now_ != cycle) {
      const Cycle from = now_ + 1;
      if (from % 64 == 0) span(now_) = {};  // its cycles have passed
      now_ = std::min(cycle, from | 63);
      const std::uint64_t passed = ~std::uint64_t{0} << (from % 64) & ~std::uint64_t{0} >> (63 - now_ % 64);
      const Span& current = span(from);
      for (unsigned p = 0; p < kCalendarPorts; ++p) {
        left += static_cast<Lanes>(std::popcount(current.leaves[p] & passed)) << place[p];
      }
    }
    return left;
  }

  // The first cycle after now() in which an operation leaves one of the ports of `mask`, or kNever.
  Cycle next_leave(unsigned mask) const {
    for (Cycle cycle = now_ + 1; cycle - now_ < kCycles - 128; cycle = (cycle | 63) + 1) {
      const Span& current = span(cycle);
      std::uint64_t any = 0;
      for (unsigned ports = mask; ports != 0; ports &= ports - 1)
        any |= current.leaves[static_cast<unsigned>(std::countr_zero(ports))];
      any &= ~std::uint64_t{0} << (cycle % 64);
      if (any != 0) return (cycle & ~Cycle{63}) + static_cast<unsigned>(std::countr_zero(any));
    }
    return kNever;
  }

  // The cycle by whose end so many operations have left those ports since now(), or kNever.
  Cycle leave_of(unsigned mask, std::uint64_t count) const {
    if (std::has_single_bit(mask)) return leave_of_port(static_cast<unsigned>(std::countr_zero(mask)), count);
    for (Cycle cycle = now_ + 1; cycle - now_ < kCycles - 128; cycle = (cycle | 63) + 1) {
      const Span& current = span(cycle);
      const std::uint64_t rest = ~std::uint64_t{0} << (cycle % 64);
      std::uint64_t any = 0;
      std::uint64_t leaving = 0;
      for (unsigned ports = mask; ports != 0; ports &= ports - 1) {
        const std::uint64_t here = current.leaves[static_cast<unsigned>(std::countr_zero(ports))] & rest;
        any |= here;
        leaving += static_cast<unsigned>(std::popcount(here));
      }
      if (leaving < count) {
        count -= leaving;
        continue;
      }
      for (;; any &= any - 1) {
        const auto at = static_cast<unsigned>(std::countr_zero(any));
        for (unsigned ports = mask; ports != 0; ports &= ports - 1) {
          const auto p = static_cast<unsigned>(std::countr_zero(ports));
          count -= std::min<std::uint64_t>(count, current.leaves[p] >> at & 1U);
        }
        if (count == 0) return (cycle & ~Cycle{63}) + at;
      }
    }
    return kNever;
  }

 private:
  struct alignas(64) Span {
    std::array<std::uint64_t, kCalendarPorts> busy{};
    std::array<std::uint64_t, kCalendarPorts> leaves{};
  };

  Span& span(Cycle cycle) { return spans_[(cycle / 64) % kSpans]; }
  const Span& span(Cycle cycle) const { return spans_[(cycle / 64) % kSpans]; }
  bool busy(unsigned port, Cycle cycle) const { return (span(cycle).busy[port] >> (cycle % 64) & 1U) != 0; }

  Cycle first_free_of_many(unsigned port, Cycle from, unsigned length) const {
    Cycle cycle = from;
    for (unsigned run = 0; run < length; ++cycle) run = busy(port, cycle) ? 0 : run + 1;
    return cycle - length;
  }
  Cycle leave_of_port(unsigned port, std::uint64_t count) const {
    for (Cycle cycle = now_ + 1; cycle - now_ < kCycles - 128; cycle = (cycle | 63) + 1) {
      const std::uint64_t here = span(cycle).leaves[port] & ~std::uint64_t{0} << (cycle % 64);
      const auto leaving = static_cast<unsigned>(std::popcount(here));
      if (leaving >= count) return (cycle & ~Cycle{63}) + nth_bit(here, static_cast<unsigned>(count));
      count -= leaving;
    }
    return kNever;
  }
  // By a mask of ports, of each port: all cycles, if it is not one of them.
  static constexpr auto kClosed = [] {
    std::array<std::array<std::uint64_t, kCalendarPorts>, std::size_t{1} << kCalendarPorts> all{};
    for (std::size_t ports = 0; ports < all.size(); ++ports) {
      for (unsigned p = 0; p < kCalendarPorts; ++p)
        all[ports][p] = (ports >> p & 1) != 0 ? 0 : ~std::uint64_t{0};
    }
    return all;
  }();
  // Cycles in which none of the ports of a mask is free, up to each port.
  static_assert(kCalendarPorts == 4);
  using FirstTaken = std::array<std::uint64_t, kCalendarPorts>;
  static FirstTaken first_taken(const Span& at, unsigned ports) {
    FirstTaken taken;
    std::uint64_t all = ~std::uint64_t{0};
    for (unsigned p = 0; p < kCalendarPorts; ++p) taken[p] = all &= at.busy[p] | kClosed[ports][p];
    return taken;
  }

  Cycle now_ = 0;
  ZeroedArray<Span> spans_{kSpans};
};

}  // namespace m2sim::timing
