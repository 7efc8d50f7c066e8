#include "calibration/embedded.h"

// The host's assembler takes the files in as they are: as literals they would take a minute to compile.
asm(".pushsection .rodata\n"
    ".balign 8\n"
    "m2sim_experiments_table: .incbin \"" M2SIM_EXPERIMENTS_TABLE
    "\"\n"
    "m2sim_experiments_table_end:\n"
    ".balign 8\n"
    "m2sim_experiments_code: .incbin \"" M2SIM_EXPERIMENTS_CODE
    "\"\n"
    "m2sim_experiments_code_end:\n"
    ".popsection\n");

extern "C" {
[[gnu::visibility("hidden")]] extern const char m2sim_experiments_table[];
[[gnu::visibility("hidden")]] extern const char m2sim_experiments_table_end[];
[[gnu::visibility("hidden")]] extern const std::uint32_t m2sim_experiments_code[];
[[gnu::visibility("hidden")]] extern const std::uint32_t m2sim_experiments_code_end[];
}

namespace m2sim::calibration {

std::string_view embedded_table() { return {m2sim_experiments_table, m2sim_experiments_table_end}; }

std::span<const std::uint32_t> embedded_code() {
  return {m2sim_experiments_code, m2sim_experiments_code_end};
}

}  // namespace m2sim::calibration
