// What a model can tell about a run while it goes on. Looking never changes it: both cores take a probe as a
// template parameter, call it behind `if constexpr (Probe::kOn)`, and read nothing back.
//
// An event names a uop by a key: the place of an executing uop in a ring of kProbeKeys, bound by renamed()
// and free again when its group has retired. Events carry their cycle. The cycle-driven model tells them as
// they happen; the instruction-driven one tells all of a uop before the next uop, but for its retirement.
//
// A record is one execution of a block, by its number: dense from 1, and as many as 32 bits hold.
#pragma once

#include <concepts>
#include <cstdint>

#include "emu/retired.h"
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
  std::uint32_t record = 0;  // that it is of
};

// Rename slots that were not used. `culprit`: the pc of the instruction that is waited for, or for which
// there is no room although nothing is waited for; 0 where nobody is known, as while the pipe drains.
struct LostSlots {
  StallReason reason;
  Cycle cycle;          // the first
  std::uint64_t slots;  // in this and the following cycles
  std::uint64_t culprit;
  std::uint32_t record = 0;  // that the culprit is of; one more than the last where that is yet to come
};

template <class T>
concept Probe = requires(T& probe, const RenamedUop& uop, const LostSlots& lost, std::uint32_t key,
                         std::uint64_t group, Cycle cycle, StallReason reason, unsigned port,
                         std::uint32_t number, std::uint64_t space, const emu::Record& record,
                         const CrackedBlock& block) {
  { T::kOn } -> std::convertible_to<bool>;
  { T::kPremises } -> std::convertible_to<bool>;
  { T::kBooks } -> std::convertible_to<bool>;
  // The pipe is empty, and blocks of this thread (emu::RetiredBatch::task) and address space
  // (emu::Block::space) follow.
  probe.entered(number, space);
  probe.executes(record, block, number);  // enters fetch; the number is its own
  probe.renamed(uop);
  probe.dispatched(key, cycle);    // enters its scheduler
  probe.issued(key, cycle, port);  // number of the port in the configuration
  probe.completed(key, cycle);     // its result can be read
  // Could have issued in `cycle`, and was held then; what the time from issue to result is charged to.
  probe.waited(key, cycle, reason, reason);
  probe.flushed(key, cycle);  // a load that ran before a store to its address: its first result is void
  probe.retired(group, cycle);
  probe.lost(lost);
  probe.dropping();  // all blocks, right after this
};

// Hears nothing: what a probe that looks at some events begins with.
struct QuietProbe {
  static constexpr bool kPremises = false;  // it asks for what the run depends on (premise_probe.h)
  static constexpr bool kBooks = true;      // what slots were lost to is told; else only how many cycles
  void entered(std::uint32_t /*task*/, std::uint64_t /*space*/) {}
  void executes(const emu::Record& /*record*/, const CrackedBlock& /*block*/, std::uint32_t /*number*/) {}
  void renamed(const RenamedUop& /*uop*/) {}
  void dispatched(std::uint32_t /*key*/, Cycle /*cycle*/) {}
  void issued(std::uint32_t /*key*/, Cycle /*cycle*/, unsigned /*port*/) {}
  void completed(std::uint32_t /*key*/, Cycle /*cycle*/) {}
  void waited(std::uint32_t /*key*/, Cycle /*able*/, StallReason /*held*/, StallReason /*work*/) {}
  void flushed(std::uint32_t /*key*/, Cycle /*cycle*/) {}
  void retired(std::uint64_t /*group*/, Cycle /*cycle*/) {}
  void lost(const LostSlots& /*lost*/) {}
  void dropping() {}
};

struct NoProbe : QuietProbe {
  static constexpr bool kOn = false;
};

}  // namespace m2sim::timing
