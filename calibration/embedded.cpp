#include "calibration/embedded.h"

// The host's assembler takes the files in as they are: as literals they would take a minute to compile.
asm(".pushsection .rodata\n"
    ".balign 8\n"
    "m2sim_experiments_table: .incbin \"" M2SIM_EXPERIMENTS_TABLE
    "\"\n"
    "m2sim_experiments_table_end:\n"
    "m2sim_structures_table: .incbin \"" M2SIM_STRUCTURES_TABLE
    "\"\n"
    "m2sim_structures_table_end:\n"
    "m2sim_measurements: .incbin \"" M2SIM_MEASUREMENTS
    "\"\n"
    "m2sim_measurements_end:\n"
    ".balign 8\n"
    "m2sim_experiments_code: .incbin \"" M2SIM_EXPERIMENTS_CODE
    "\"\n"
    "m2sim_experiments_code_end:\n"
    ".popsection\n");

namespace m2sim::calibration {

[[gnu::visibility("hidden")]] extern const char kTable[] asm("m2sim_experiments_table");
[[gnu::visibility("hidden")]] extern const char kTableEnd[] asm("m2sim_experiments_table_end");
[[gnu::visibility("hidden")]] extern const char kStructures[] asm("m2sim_structures_table");
[[gnu::visibility("hidden")]] extern const char kStructuresEnd[] asm("m2sim_structures_table_end");
[[gnu::visibility("hidden")]] extern const char kMeasurements[] asm("m2sim_measurements");
[[gnu::visibility("hidden")]] extern const char kMeasurementsEnd[] asm("m2sim_measurements_end");
[[gnu::visibility("hidden")]] extern const std::uint32_t kCode[] asm("m2sim_experiments_code");
[[gnu::visibility("hidden")]] extern const std::uint32_t kCodeEnd[] asm("m2sim_experiments_code_end");

std::string_view embedded_table() { return {kTable, kTableEnd}; }

std::string_view embedded_structures() { return {kStructures, kStructuresEnd}; }

std::string_view embedded_measurements() { return {kMeasurements, kMeasurementsEnd}; }

std::span<const std::uint32_t> embedded_code() { return {kCode, kCodeEnd}; }

}  // namespace m2sim::calibration
