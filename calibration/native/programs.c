#include "programs.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "captured_output.h"

#undef printf
#undef puts

#define LOOP(id, name, iterations, unit, line) uint64_t m2sim_kernel_##id(uint64_t iterations_);
#define PROGRAM(id, name, iterations, unit, line) int m2sim_main_##id(int argc, char** argv);
#include "suite_table.inc"
#undef LOOP
#undef PROGRAM

#define LOOP(id, name, iterations, unit, line) {name, unit, iterations, line, NULL, m2sim_kernel_##id},
#define PROGRAM(id, name, iterations, unit, line) {name, unit, iterations, line, m2sim_main_##id, NULL},
const struct program programs[] = {
#include "suite_table.inc"
};
const size_t program_count = sizeof programs / sizeof programs[0];

static char captured[LINE_BYTES];
static size_t captured_bytes;

int m2sim_printf(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int bytes = vsnprintf(captured + captured_bytes, LINE_BYTES - captured_bytes, format, arguments);
  va_end(arguments);
  captured_bytes = strlen(captured);
  return bytes;
}

int m2sim_puts(const char* text) { return m2sim_printf("%s\n", text); }

int run_program(const struct program* program, uint64_t iterations, char line[LINE_BYTES]) {
  captured_bytes = 0;
  captured[0] = '\0';
  int status = 0;
  if (program->loop != NULL) {
    m2sim_printf("%016" PRIx64 "\n", program->loop(iterations));
  } else {
    char name[] = "program", count[24];
    snprintf(count, sizeof count, "%" PRIu64, iterations);
    char* arguments[] = {name, count, NULL};
    status = program->main(2, arguments);
  }
  memcpy(line, captured, LINE_BYTES);
  return status;
}
