// The cycles of a run by function, instruction and call path. Costs are rename slots, of which a cycle has so
// many: their sums are exact, from an instruction up to the program.
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
// What has called the handlers of signals.
inline constexpr const char* kSignal = "[signal]";

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
  std::uint64_t inclusive = 0;         // slots, with those of all that it calls
  std::vector<InstCost> instructions;  // that have executed or cost something, by address
  std::vector<LoopCost> loops;         // by where they begin
  CodeObject* file = nullptr;
};

// A function, and those inlined in it where the code is, the innermost last.
struct CodeFrame {
  std::size_t function = 0;  // in Annotation::functions
  std::vector<std::string> inlined;
  auto operator<=>(const CodeFrame&) const = default;
};

inline constexpr std::size_t kNone = SIZE_MAX;

// A call, and the calls that led to it: Annotation::paths has a path's parent before it.
struct CallSite {
  std::size_t parent = kNone;  // none: the beginning of a path, where nobody has called
  std::size_t frame = kNone;   // that the call is in
  std::uint64_t address = 0;   // of the call, as linked
  std::uint64_t calls = 0;
};

// What the code of one frame cost in one path.
struct PathCost {
  std::size_t path = 0;
  std::size_t frame = 0;
  std::uint64_t entries = 0;  // executions of the function's first instruction, where that is in the frame
  Cost cost;
};

struct Annotation {
  std::vector<FunctionCost> functions;  // hottest first
  Cost total;
  std::uint64_t slots_per_cycle = 1;
  std::vector<CodeFrame> frames;
  std::vector<CallSite> paths;
  std::vector<PathCost> path_costs;  // by path
  std::uint64_t folded_calls = 0;    // timing::CallPaths::folded()

  double cycles(std::uint64_t slots) const {
    return static_cast<double>(slots) / static_cast<double>(slots_per_cycle);
  }
};

// `machine`: of the run, which is over; code that the first process has made is read from its memory.
Annotation annotate(const timing::Attribution& books, std::uint64_t slots_per_cycle, Symboliser& symboliser,
                    emu::Machine& machine);

}  // namespace m2sim::cmd
