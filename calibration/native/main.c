// m2sim-measure: how long the suite's programs take on this machine. docs/measuring.md says how to use it.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "counters.h"
#include "machine.h"
#include "options.h"
#include "report.h"
#include "session.h"

static int list(const struct session* session) {
  for (size_t i = 0; i < session->count; i++)
    printf("%-34s %s\n", session->measurements[i].program->name, session->measurements[i].program->unit);
  return fflush(stdout) == 0 ? 0 : 1;
}

static int complain(const char* what, int status) {
  fprintf(stderr, "m2sim-measure: %s\n", what);
  return status;
}

// A file that cannot be written is known before the minutes that it takes to measure.
static int can_write(const char* path) {
  if (path == NULL || access(path, W_OK) == 0) return 1;
  FILE* file = fopen(path, "wx");
  if (file == NULL) return 0;
  fclose(file);
  return unlink(path) == 0;
}

// A system that is only asked for a fast core may have given another.
static void doubt_core(struct core_choice* core, double ghz) {
  if (core->bound || ghz >= SLOWEST_FAST_GHZ) return;
  const size_t used = strlen(core->how);
  core->type = "unknown";
  snprintf(core->how + used, TEXT_BYTES - used, ", but at %.2f GHz", ghz);
}

int main(int argc, char** argv) {
  const struct options options = parse_options(argc, argv);
  struct session session = plan_session(&options);
  if (session.count == 0) return complain("--filter: no program has such a name; --list names them", 2);
  if (options.list) return list(&session);
  struct machine machine;
  struct core_choice core;
  struct counters counters;
  describe_machine(&machine);
  if (!choose_core(&machine, options.cpu, &core)) return complain(core.how, 2);
  if (!can_write(options.output)) {
    fprintf(stderr, "m2sim-measure: %s: %s\n", options.output, strerror(errno));
    return 2;
  }
  counters_open(&counters);
  catch_interruptions();
  run_session(&session, &options);
  const size_t measured = measured_programs(&session);
  if (measured == 0) return complain("nothing was measured", 1);
  doubt_core(&core, median_clock(&session));
  const struct report report = {&options, &session, &machine, &core, &counters};
  if (!write_report(&report)) return 1;
  fprintf(stderr, "m2sim-measure: %zu programs measured%s\n", measured,
          session.interrupted ? "; interrupted: the rest is missing" : "");
  if (session.interrupted) return 130;
  return measured == session.count ? 0 : 1;
}
