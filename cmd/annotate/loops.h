// The loops of a function and what limits each.
#pragma once

#include "cmd/annotate/annotation.h"

namespace m2sim::cmd {

// Fills FunctionCost::loops from the instructions, which are there by address.
void find_loops(FunctionCost& function);

}  // namespace m2sim::cmd
