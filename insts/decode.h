// The one A64 decoder: word in, Inst out.
#pragma once

#include <cstdint>

#include "insts/inst.h"

namespace m2sim::insts {

// Inst::op is Op::kUndefined where no row matches. Never allocates, never fails otherwise.
Inst decode(std::uint32_t word);

}  // namespace m2sim::insts
