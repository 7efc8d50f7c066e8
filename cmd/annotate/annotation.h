// The cycles of a run by function and instruction. Costs are rename slots, of which a cycle has so many:
// their sums are exact, from an instruction up to the program.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cmd/symbols/symboliser.h"
#include "emu/machine.h"
#include "insts/inst.h"
#include "timing/probe/attribution.h"
#include "timing/stall.h"

namespace m2sim::cmd {

using SlotStack = std::array<std::uint64_t, timing::kStallReasonCount>;

// What belongs to no instruction.
inline constexpr const char* kUnattributed = "[unattributed]";

struct Cost {
  std::int64_t insts = 0;
  SlotStack stack{};

  std::uint64_t slots() const;
  void add(const Cost& other);
};

struct InstCost {
  std::uint64_t address = 0;
  Cost cost;
  std::optional<insts::Inst> inst;  // none: nobody knows the word any more
  std::string text;
  SourceLine line;
  std::vector<std::string> inlined;     // functions whose code this is, within each other
  std::optional<std::uint64_t> target;  // of a direct branch
};

// What most of a loop's cycles go to.
struct LoopLimit {
  timing::StallReason reason = timing::StallReason::kBase;
  double share = 0;                       // of the loop's slots
  std::vector<std::size_t> instructions;  // charged with it, the most expensive first
  std::vector<std::size_t> chain;  // through the first of them: each needs what the one before gives, around
};

// The instructions from which a backward branch is reached without its target in between.
struct LoopCost {
  std::vector<std::size_t> body;  // places in FunctionCost::instructions, the first is where it begins
  std::uint64_t iterations = 0;
  Cost cost;
  LoopLimit limit;
  unsigned depth = 1;  // 2: in another loop
};

struct FunctionCost {
  std::string name;
  std::string object;
  std::uint64_t address = 0;
  Cost cost;
  std::vector<InstCost> instructions;  // that have executed or cost something, by address
  std::vector<LoopCost> loops;         // by where they begin
  CodeObject* file = nullptr;
};

struct Annotation {
  std::vector<FunctionCost> functions;  // hottest first
  Cost total;
  std::uint64_t slots_per_cycle = 1;

  double cycles(std::uint64_t slots) const {
    return static_cast<double>(slots) / static_cast<double>(slots_per_cycle);
  }
};

// `machine`: of the run, which is over; code that the first process has made is read from its memory.
Annotation annotate(const std::vector<timing::InstBooks>& books, std::uint64_t slots_per_cycle,
                    Symboliser& symboliser, emu::Machine& machine);

}  // namespace m2sim::cmd
