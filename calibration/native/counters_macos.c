// Counters through the private framework kperf, which only root may use. Its interface is not documented:
// what stands here is as in published measurements on the M1 (Dougall Johnson's applecpu).
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "counters.h"

enum {
  FIXED_AND_CONFIGURABLE = 3,
  FIXED = 2,
  ALL = 10,
  USER_MODE = 0x20000,
};

static int (*force_all_counters)(int value);
static int (*set_config)(uint32_t classes, uint64_t* config);
static int (*set_counting)(uint32_t classes);
static int (*set_thread_counting)(uint32_t classes);
static int (*get_thread_counters)(int thread, unsigned count, uint64_t* values);

static uint64_t at_begin[ALL];

static bool find_functions(void) {
  void* library = dlopen("/System/Library/PrivateFrameworks/kperf.framework/kperf", RTLD_LAZY);
  if (library == NULL) return false;
  struct {
    void* function;
    const char* name;
  } wanted[] = {{&force_all_counters, "kpc_force_all_ctrs_set"},
                {&set_config, "kpc_set_config"},
                {&set_counting, "kpc_set_counting"},
                {&set_thread_counting, "kpc_set_thread_counting"},
                {&get_thread_counters, "kpc_get_thread_counters"}};
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
    void* const found = dlsym(library, wanted[i].name);
    if (found == NULL) return false;
    memcpy(wanted[i].function, &found, sizeof found);
  }
  return true;
}

static void refuse(struct counters* counters, const char* reason) {
  snprintf(counters->refusal, sizeof counters->refusal, "%s", reason);
}

void counters_open(struct counters* counters) {
  memset(counters, 0, sizeof *counters);
  if (geteuid() != 0) {
    refuse(counters, "kperf: only root may count");
    return;
  }
  if (!find_functions()) {
    refuse(counters, "kperf: not on this system");
    return;
  }
  uint64_t config[ALL - FIXED] = {0};
  for (size_t i = 0; i < APPLE_EVENTS; i++)
    config[kAppleEvents[i].place - FIXED] = kAppleEvents[i].event | USER_MODE;
  if (force_all_counters(1) != 0 || set_config(FIXED_AND_CONFIGURABLE, config) != 0 ||
      set_counting(FIXED_AND_CONFIGURABLE) != 0 || set_thread_counting(FIXED_AND_CONFIGURABLE) != 0) {
    refuse(counters, "kperf: the system refuses the counters");
    return;
  }
  for (size_t i = 0; i < APPLE_EVENTS; i++) counters->names[i] = kAppleEvents[i].name;
  counters->count = APPLE_EVENTS;
}

void counters_begin(const struct counters* counters) {
  if (counters->count > 0) get_thread_counters(0, ALL, at_begin);
}

int counters_end(const struct counters* counters, uint64_t values[MOST_COUNTERS]) {
  if (counters->count == 0) return 0;
  uint64_t now[ALL];
  if (get_thread_counters(0, ALL, now) != 0) return -1;
  for (size_t i = 0; i < counters->count; i++) {
    const unsigned place = kAppleEvents[i].place;
    values[i] = now[place] - at_begin[place];
  }
  return 0;
}
