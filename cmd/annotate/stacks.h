// The cycles of a run by stack: functions, and what is inlined in them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cmd/annotate/annotation.h"

namespace m2sim::cmd {

struct Stack {
  std::vector<std::string> frames;  // the outermost first
  std::uint64_t slots = 0;
};

// From what nobody has called to the code itself. Stacks that read alike are one.
std::vector<Stack> stacks_of(const Annotation& annotation);

}  // namespace m2sim::cmd
