// A trace of the pipe as text: a line a uop, a column a cycle.
//
//   R renamed, D in its scheduler, = waits for operands or a port, I issued, e executes, X a load that ran
//   before a store to its address runs again, C result can be read, - waits to retire, T retired. A uop that
//   no port executes has no D and no I. What falls into one cycle is shown by the later letter.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "timing/probe/pipe_trace.h"

namespace m2sim::timing {

struct TimelineLayout {
  std::size_t text_width = 28;
  bool waits = false;            // a column with the longest wait of each uop
  std::optional<Cycle> until{};  // lost slots before this cycle; without: until the last uop is renamed
};

// `text_of(pc)`: the instruction there; `port_name(port)`: of a port by its number. Cycles count from that in
// which the first uop is renamed; below the lines stand the rename slots lost from then on.
std::string timeline(std::span<const TracedUop> uops, std::span<const LostSlots> lost,
                     const std::function<std::string(std::uint64_t)>& text_of,
                     const std::function<std::string(unsigned)>& port_name,
                     const TimelineLayout& layout = {});

// What a uop spent the most cycles on between its scheduler and its result, besides its plain latency. kBase:
// an operand from where the trace does not know.
struct LongestWait {
  StallReason reason = StallReason::kBase;
  Cycle cycles = 0;  // 0: it never waited
};
LongestWait longest_wait(const TracedUop& uop);
// "memory_l2 14"; empty where it never waited.
std::string text_of(const LongestWait& wait);

}  // namespace m2sim::timing
