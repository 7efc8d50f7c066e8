// Files that the build puts into the program: data/instructions.csv and what its code was assembled to,
// data/structures.csv and data/measurements.json.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace m2sim::calibration {

std::string_view embedded_table();
std::string_view embedded_structures();
std::string_view embedded_measurements();
std::span<const std::uint32_t> embedded_code();

}  // namespace m2sim::calibration
