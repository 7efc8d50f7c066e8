// The file of measurements (docs/measurements.md).
#pragma once

#include <stdbool.h>

#include "counters.h"
#include "machine.h"
#include "options.h"
#include "session.h"

struct report {
  const struct options* options;
  const struct session* session;
  const struct machine* machine;
  const struct core_choice* core;
  const struct counters* counters;
};

// False, and one line on standard error, when it could not be written: then there is no file.
bool write_report(const struct report* report);

// Of all readings, in GHz.
double median_clock(const struct session* session);

// Programs of which something was read.
size_t measured_programs(const struct session* session);
