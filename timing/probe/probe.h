// What a model can tell about a run while it goes on. Looking never changes it: both cores take a probe as a
// template parameter, call it behind `if constexpr (Probe::kOn)`, and read nothing back.
//
// An event names a uop by a key: the place of an executing uop in a ring of kProbeKeys, bound by renamed()
// and free again when its group has retired. Events carry their cycle. The cycle-driven model tells them as
// they happen; the instruction-driven one tells all of a uop before the next uop, but for its retirement.
#pragma once

#include <concepts>
#include <cstdint>

#include "timing/crack/crack.h"
#include "timing/crack/uop.h"
#include "timing/cycle.h"
#include "timing/stall.h"

namespace m2sim::timing {

inline constexpr std::uint32_t kProbeKeys = 8192;
inline constexpr std::uint32_t kNoKey = UINT32_MAX;  // of a uop that no port executes

struct RenamedUop {
  const UopInfo* uop;   // valid until blocks are cleared
  std::uint64_t pc;     // of its last instruction
  std::uint64_t group;  // number of its retire group, dense from 1
  Cycle fetched;
  Cycle renamed;
  std::uint32_t key;
};

// Rename slots that were not used. `culprit`: the pc of the instruction that is waited for, or for which
// there is no room although nothing is waited for; 0 where nobody is known, as while the pipe drains.
struct LostSlots {
  StallReason reason;
  Cycle cycle;          // the first
  std::uint64_t slots;  // in this and the following cycles
  std::uint64_t culprit;
};

template <class T>
concept Probe = requires(T& probe, const RenamedUop& uop, const LostSlots& lost, std::uint32_t key,
                         std::uint64_t group, Cycle cycle, StallReason reason, unsigned port,
                         std::uint64_t space, const CrackTable& blocks) {
  { T::kOn } -> std::convertible_to<bool>;
  probe.entered(
      space);  // the pipe is empty and instructions of this address space follow (emu::Block::space)
  probe.renamed(uop);
  probe.dispatched(key, cycle);    // enters its scheduler
  probe.issued(key, cycle, port);  // number of the port in the configuration
  probe.completed(key, cycle);     // its result can be read
  // Could have issued in `cycle`, and was held then; what the time from issue to result is charged to.
  probe.waited(key, cycle, reason, reason);
  probe.flushed(key, cycle);  // a load that ran before a store to its address: its first result is void
  probe.retired(group, cycle);
  probe.lost(lost);
  probe.dropping(blocks);  // all of them, right after this
};

// Hears nothing: what a probe that looks at some events begins with.
struct QuietProbe {
  void entered(std::uint64_t /*space*/) {}
  void renamed(const RenamedUop& /*uop*/) {}
  void dispatched(std::uint32_t /*key*/, Cycle /*cycle*/) {}
  void issued(std::uint32_t /*key*/, Cycle /*cycle*/, unsigned /*port*/) {}
  void completed(std::uint32_t /*key*/, Cycle /*cycle*/) {}
  void waited(std::uint32_t /*key*/, Cycle /*able*/, StallReason /*held*/, StallReason /*work*/) {}
  void flushed(std::uint32_t /*key*/, Cycle /*cycle*/) {}
  void retired(std::uint64_t /*group*/, Cycle /*cycle*/) {}
  void lost(const LostSlots& /*lost*/) {}
  void dropping(const CrackTable& /*blocks*/) {}
};

struct NoProbe : QuietProbe {
  static constexpr bool kOn = false;
};

}  // namespace m2sim::timing
