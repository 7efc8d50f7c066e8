// What two executors made of one case, side by side.
#pragma once

#include <string>
#include <vector>

#include "tests/rows/sample.h"

namespace m2sim::rows {

// Empty where both agree; else seed, row, word and text of the instruction that went wrong, what differs, and
// what it had read.
std::string difference(const Case& test, const Sample& reference, const Sample& here, const std::string& who);

// A difference that is meant: QEMU's outcome is replaced by the right one before the comparison. Null: none.
const char* reason_for(const Case& test, Sample& reference, const Sample& here);

}  // namespace m2sim::rows
