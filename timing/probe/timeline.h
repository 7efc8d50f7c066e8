// A trace of the pipe as text: a line a uop, a column a cycle.
//
//   R renamed, D in its scheduler, = waits for operands or a port, I issued, e executes, X a load that ran
//   before a store to its address runs again, C result can be read, - waits to retire, T retired. A uop that
//   no port executes has no D and no I. What falls into one cycle is shown by the later letter.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "timing/probe/pipe_trace.h"

namespace m2sim::timing {

// `text_of(pc)`: the instruction there; `port_name(port)`: of a port by its number. Cycles count from that in
// which the first uop is renamed; below the lines stand the rename slots lost from then until the last uop is
// renamed.
std::string timeline(std::span<const TracedUop> uops, std::span<const LostSlots> lost,
                     const std::function<std::string(std::uint64_t)>& text_of,
                     const std::function<std::string(unsigned)>& port_name);

}  // namespace m2sim::timing
