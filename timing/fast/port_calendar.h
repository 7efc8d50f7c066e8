// The ports behind one dispatch queue as calendars: which of the coming cycles are taken, and in which
// an operation leaves its scheduler. For a model that schedules uops in program order and not cycle by
// cycle: giving each uop the first free cycle is then the same as letting the oldest ready uop win.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "timing/cycle.h"
#include "timing/zeroed_array.h"

namespace m2sim::timing {

inline constexpr unsigned kCalendarPorts = 4;

class PortCalendar {
 public:
  // Cycles beyond the horizon cannot be booked; chains of so many misses have the ports to themselves.
  bool in_reach(Cycle cycle) const { return cycle - now_ < kCycles - 256; }

  Cycle now() const { return now_; }

  // The first cycle of so many free ones in a row.
  Cycle first_free(unsigned port, Cycle from, unsigned length) const {
    if (length == 1) return first_free(port, from);
    Cycle cycle = from;
    for (unsigned run = 0; run < length; ++cycle) run = busy(port, cycle) ? 0 : run + 1;
    return cycle - length;
  }

  Cycle first_free(unsigned port, Cycle from) const {
    std::uint64_t free = ~span(from).busy[port] >> (from % 64) << (from % 64);
    Cycle base = from & ~Cycle{63};
    while (free == 0) {
      base += 64;
      free = ~span(base).busy[port];
    }
    return base + static_cast<unsigned>(std::countr_zero(free));
  }

  // Books the first free cycle from `from` on, and returns it.
  Cycle book_first(unsigned port, Cycle from) {
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

  // A free cycle, and as many of the free ones behind it as the operation blocks its port for, in a row or
  // not.
  void book(unsigned port, Cycle cycle, unsigned length) {
    span(cycle).leaves[port] |= std::uint64_t{1} << (cycle % 64);
    for (; length != 0; ++cycle) {
      if (busy(port, cycle)) continue;
      span(cycle).busy[port] |= std::uint64_t{1} << (cycle % 64);
      --length;
    }
  }

  // Moves to `cycle` and reports each port's operations that left their scheduler after the old time up
  // to and including the new one: left(port, count), none and several times too.
  template <class Left>
  void advance(Cycle cycle, Left&& left) {
    while (now_ < cycle) {
      const Cycle end = std::min(cycle, now_ | 63);  // the last cycle of this span, at most
      if (end > now_) report(now_, end, left);
      now_ = end;
      if (now_ == cycle) return;
      span(now_) = {};  // its cycles have passed
      ++now_;
      report_first(left);
    }
  }

  // The first cycle after now() in which an operation leaves one of the ports of `mask`, or kNever.
  Cycle next_leave(unsigned mask) const { return leave_of(mask, 1); }

  // The cycle by whose end so many operations have left those ports since now(), or kNever.
  Cycle leave_of(unsigned mask, std::uint64_t count) const {
    for (Cycle cycle = now_ + 1; cycle - now_ < kCycles - 128; cycle = (cycle | 63) + 1) {
      const Span& current = span(cycle);
      const std::uint64_t rest = ~std::uint64_t{0} << (cycle % 64);
      std::uint64_t any = 0;
      std::uint64_t leaving = 0;
      for (unsigned p = 0; p < kCalendarPorts; ++p) {
        if ((mask >> p & 1U) == 0) continue;
        any |= current.leaves[p] & rest;
        leaving += static_cast<unsigned>(std::popcount(current.leaves[p] & rest));
      }
      if (leaving < count) {
        count -= leaving;
        continue;
      }
      if (std::has_single_bit(mask)) {
        for (; count != 1; --count) any &= any - 1;
        return (cycle & ~Cycle{63}) + static_cast<unsigned>(std::countr_zero(any));
      }
      for (;; any &= any - 1) {
        const auto at = static_cast<unsigned>(std::countr_zero(any));
        for (unsigned p = 0; p < kCalendarPorts; ++p) {
          if ((mask >> p & 1U) != 0) count -= std::min<std::uint64_t>(count, current.leaves[p] >> at & 1U);
        }
        if (count == 0) return (cycle & ~Cycle{63}) + at;
      }
    }
    return kNever;
  }

 private:
  static constexpr std::size_t kSpans = 1024;  // of 64 cycles
  static constexpr Cycle kCycles = kSpans * 64;

  struct alignas(64) Span {
    std::array<std::uint64_t, kCalendarPorts> busy{};
    std::array<std::uint64_t, kCalendarPorts> leaves{};
  };

  Span& span(Cycle cycle) { return spans_[(cycle / 64) % kSpans]; }
  const Span& span(Cycle cycle) const { return spans_[(cycle / 64) % kSpans]; }
  bool busy(unsigned port, Cycle cycle) const { return (span(cycle).busy[port] >> (cycle % 64) & 1U) != 0; }

  template <class Left>
  void report(Cycle after, Cycle upto, Left&& left) {  // both in one span
    const std::uint64_t low = ~std::uint64_t{0} << (after % 64) << 1;
    const std::uint64_t high = ~std::uint64_t{0} >> (63 - upto % 64);
    const Span& current = span(upto);
    for (unsigned p = 0; p < kCalendarPorts; ++p) {
      left(p, static_cast<unsigned>(std::popcount(current.leaves[p] & low & high)));
    }
  }

  template <class Left>
  void report_first(Left&& left) {
    const Span& current = span(now_);
    for (unsigned p = 0; p < kCalendarPorts; ++p) {
      left(p, static_cast<unsigned>(current.leaves[p] & 1U));
    }
  }

  Cycle now_ = 0;
  ZeroedArray<Span> spans_{kSpans};
};

}  // namespace m2sim::timing
