// Words that have no row, or a form that its row refuses, because the cores that are modelled have no such
// instruction.
#pragma once

#include <cstdint>

namespace m2sim::insts {

// The architecture extension, beyond those of the M2, that such a word belongs to: "SVE", "MTE", ….
// Null: none that is known here.
const char* missing_extension(std::uint32_t word);

}  // namespace m2sim::insts
