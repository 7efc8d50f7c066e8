#include "programs.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "captured_output.h"

#undef printf
#undef puts

#define LOOP(id, name, iterations, unit, line) uint64_t m2sim_kernel_##id(uint64_t iterations_);
#define PROGRAM(id, name, iterations, unit, line) int m2sim_main_##id(int argc, char** argv);
#include "suite_table.inc"
#undef LOOP
#undef PROGRAM

#define LOOP(id, name, iterations, unit, line) {name, unit, iterations, line, NULL, m2sim_kernel_##id, NULL},
#define PROGRAM(id, name, iterations, unit, line) {name, unit, iterations, line, m2sim_main_##id, NULL, NULL},
static const struct program kSuite[] = {
#include "suite_table.inc"
};
enum { SUITE_PROGRAMS = sizeof kSuite / sizeof kSuite[0] };

// Units of a structure's first run and smallest size, where its memory asks for no more, and passes.
enum { LEAST_UNITS = 100000, LEAST_PASSES = 20 };

const struct program* all_programs(size_t* count) {
  *count = SUITE_PROGRAMS + structure_count;
  struct program* all = calloc(*count, sizeof *all);
  if (all == NULL) return NULL;
  memcpy(all, kSuite, sizeof kSuite);
  for (size_t i = 0; i < structure_count; i++) {
    struct program* program = &all[SUITE_PROGRAMS + i];
    program->name = structures[i].name;
    program->unit = structures[i].unit;
    program->structure = &structures[i];
    program->usual_iterations = range_of(program, false).least;
  }
  return all;
}

// A structure's loop goes at least once through all of its memory: what a first visit takes is then in each
// size.
static struct range range_of_structure(const struct structure* structure) {
  const struct steps steps = steps_of(&structure->memory);
  const uint64_t units = structure->units_a_pass;
  // A step of lanes or of two chains is a pass, one of a cycle a load.
  if (structure->memory.layout == TWO_CHAINS || structure->memory.layout == LANES)
    return (struct range){steps.most / 16 * units, steps.most * units, units};
  const uint64_t passes = LEAST_UNITS / units > LEAST_PASSES ? LEAST_UNITS / units : LEAST_PASSES;
  const uint64_t for_all = (steps.all + units - 1) / units;
  return (struct range){units * (passes > for_all ? passes : for_all), steps.most, units};
}

struct range range_of(const struct program* program, bool quick) {
  if (program->structure != NULL) return range_of_structure(program->structure);
  // None so small that caches and predictors would be as cold as they never are in the suite's own run.
  const uint64_t least = program->usual_iterations / (quick ? 64 : 8);
  return (struct range){least > 0 ? least : 1, 0, 1};
}

static struct loop loop;

const char* prepare_program(const struct program* program) {
  return program->structure != NULL ? make_loop(program->structure, &loop) : NULL;
}

void settle_program(const struct program* program) {
  if (program->structure != NULL) forget_lines(program->structure);
}

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
  if (program->structure != NULL) {
    loop.run(iterations / program->structure->units_a_pass);
  } else if (program->loop != NULL) {
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
