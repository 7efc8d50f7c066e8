// Counters through perf_event_open: Apple's own events on Apple's cores, the kernel's general ones elsewhere.
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "counters.h"

static int files[MOST_COUNTERS];

static const struct counter_event kGeneralEvents[] = {
    {"pmu.CORE_ACTIVE_CYCLE", PERF_COUNT_HW_CPU_CYCLES, 0},
    {"pmu.INST_ALL", PERF_COUNT_HW_INSTRUCTIONS, 0},
    {"pmu.BRANCH_MISPRED_NONSPEC", PERF_COUNT_HW_BRANCH_MISSES, 0}};
enum { GENERAL_EVENTS = sizeof kGeneralEvents / sizeof kGeneralEvents[0] };

// The number of the P cores' counters among the kernel's; none: -1.
static int apple_type(void) {
  static const char* const kDevices[] = {"apple_avalanche_pmu", "apple_firestorm_pmu"};
  for (size_t i = 0; i < sizeof kDevices / sizeof kDevices[0]; i++) {
    char path[96];
    snprintf(path, sizeof path, "/sys/bus/event_source/devices/%s/type", kDevices[i]);
    FILE* file = fopen(path, "r");
    int type = -1;
    if (file != NULL) {
      if (fscanf(file, "%d", &type) != 1) type = -1;
      fclose(file);
    }
    if (type >= 0) return type;
  }
  return -1;
}

// This thread's events in user mode, from when they are switched on.
static int open_event(uint32_t type, uint64_t event) {
  struct perf_event_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.size = sizeof attributes;
  attributes.type = type;
  attributes.config = event;
  attributes.disabled = 1;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0UL);
}

void counters_open(struct counters* counters) {
  const int apple = apple_type();
  const struct counter_event* events = apple >= 0 ? kAppleEvents : kGeneralEvents;
  const size_t count = apple >= 0 ? (size_t)APPLE_EVENTS : (size_t)GENERAL_EVENTS;
  memset(counters, 0, sizeof *counters);
  int refused = 0;
  for (size_t i = 0; i < count; i++) {
    const uint32_t type = apple >= 0 ? (uint32_t)apple : PERF_TYPE_HARDWARE;
    const int file = open_event(type, events[i].event);
    if (file < 0) {
      refused = errno;
      continue;
    }
    files[counters->count] = file;
    counters->names[counters->count++] = events[i].name;
  }
  if (counters->count == 0)
    snprintf(counters->refusal, sizeof counters->refusal, "perf_event_open: %s", strerror(refused));
}

void counters_begin(const struct counters* counters) {
  for (size_t i = 0; i < counters->count; i++) ioctl(files[i], PERF_EVENT_IOC_RESET, 0);
  for (size_t i = 0; i < counters->count; i++) ioctl(files[i], PERF_EVENT_IOC_ENABLE, 0);
}

int counters_end(const struct counters* counters, uint64_t values[MOST_COUNTERS]) {
  int status = 0;
  for (size_t i = 0; i < counters->count; i++) ioctl(files[i], PERF_EVENT_IOC_DISABLE, 0);
  for (size_t i = 0; i < counters->count; i++) {
    uint64_t read_values[3];  // count, time enabled, time running
    if (read(files[i], read_values, sizeof read_values) != (ssize_t)sizeof read_values) return -1;
    if (read_values[1] != read_values[2]) status = -1;  // it had to share its counter
    values[i] = read_values[0];
  }
  return status;
}
