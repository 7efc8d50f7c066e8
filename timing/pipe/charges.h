// What a rename slot is charged to that a full back end costs: the wait of the oldest unfinished uop.
//
// A uop that is slow to complete has spent its time in two ways: it worked (its latency), and before that it
// was held, once its operands were there, by a port or a queue entry that it did not get. Had it not been
// held, it would have been done that much sooner; so of the cycles in which everybody waits for it, the last
// ones, as many as it was held, are charged to what held it, and those before to its work. A chain of
// dependent uops is never held and all work; behind a saturated port uops are held for much longer than they
// work.
#pragma once

#include <algorithm>
#include <bit>

#include "timing/crack/uop.h"
#include "timing/cycle.h"
#include "timing/stall.h"

namespace m2sim::timing {

// The times of one uop, as far as they are known.
struct Wait {
  Cycle able = kNever;  // its operands were there, and it in its scheduler
  Cycle issued = kNever;
  Cycle complete = kNever;  // its result can be read
  std::uint64_t pc = 0;
  StallReason work = StallReason::kBase;  // what its latency is charged to
  StallReason held = StallReason::kBase;  // what kept it from issuing
  std::uint32_t record = 0;               // that it is of, for a probe
};

// When a uop has what it needs to issue besides its operands and a port: a queue entry, its place in the
// order.
struct Admission {
  Cycle cycle;
  StallReason behind;  // what the wait for it is charged to

  void wait_for(const Admission& other) {
    if (other.cycle > cycle) *this = other;
  }
};

// What held a uop that was able to issue from `able` on and issued in `issued`: the longer of the two waits.
inline StallReason held_by(const ExecutionFacts& uop, Cycle able, const Admission& admitted, Cycle issued) {
  if (admitted.cycle <= able || issued - admitted.cycle >= admitted.cycle - able) return uop.port_reason;
  return admitted.behind;
}

// Charges the cycles of [from, to) in which everybody waits for this uop, in order: lose(end, reason).
// Returns where it stopped, which is `from` if the uop was done by then.
template <class Lose>
Cycle charge(const Wait& wait, const UopInfo& uop, Cycle from, Cycle to, Lose&& lose) {
  const auto split = [&](Cycle end, Cycle worked, StallReason work) {
    if (from < std::min(worked, end)) lose(from = std::min(worked, end), work);
    if (from < end) lose(from = end, wait.held);
  };
  const Cycle end = std::min(wait.complete, to);
  // Before it issues, its completion can only be expected.
  if (from < std::min(wait.issued, end)) {
    const bool port = wait.held == uop.port_reason;
    const Cycle work = wait.able == kNever ? kNever : wait.able + (port ? uop.expected_latency : 0);
    split(std::min(wait.issued, end), work, uop.work);
  }
  if (from < end) split(end, wait.complete - (wait.issued - wait.able), wait.work);
  return from;
}

// What charge() gives one cycle to, in which the uop is not done.
inline StallReason charged_to(const Wait& wait, const UopInfo& uop, Cycle cycle) {
  Cycle worked = wait.complete - (wait.issued - wait.able);
  StallReason work = wait.work;
  if (cycle < wait.issued) {
    const bool port = wait.held == uop.port_reason;
    worked = wait.able == kNever ? kNever : wait.able + (port ? uop.expected_latency : 0);
    work = uop.work;
  }
  return cycle < worked ? work : wait.held;
}

// The first of what the uop needs and is not there.
constexpr Structure lacking(Resources available, Resources needs) {
  const Resources signs = (available - needs) & kResourceSigns;
  const unsigned lane = static_cast<unsigned>(std::countr_zero(signs)) / kResourceBits;
  return static_cast<Structure>(static_cast<unsigned>(Structure::kRenameEntries) + lane);
}

}  // namespace m2sim::timing
