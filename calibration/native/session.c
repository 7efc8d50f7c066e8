#include "session.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_interruption(int number) {
  (void)number;
  interrupted = 1;
}

void catch_interruptions(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_interruption;  // without SA_RESTART: waiting for a reading ends, too
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

static void* get_memory(size_t count, size_t bytes) {
  void* memory = calloc(count, bytes);
  if (memory == NULL) {
    fprintf(stderr, "m2sim-measure: no memory\n");
    exit(1);
  }
  return memory;
}

struct session plan_session(const struct options* options) {
  struct session session = {.sizes = (size_t)options->sizes};
  session.measurements = get_memory(program_count, sizeof *session.measurements);
  for (size_t i = 0; i < program_count; i++) {
    if (options->filtered && regexec(&options->filter, programs[i].name, 0, NULL, 0) != 0) continue;
    struct measurement* measurement = &session.measurements[session.count++];
    measurement->program = &programs[i];
    for (size_t size = 0; size < session.sizes; size++)
      measurement->points[size].readings = get_memory((size_t)options->repeats, sizeof(struct reading));
  }
  return session;
}

static void leave_out(struct measurement* measurement, const char* why) {
  char line[FAILURE_BYTES];
  snprintf(line, sizeof line, "%s", why);
  line[strcspn(line, "\n")] = '\0';
  memcpy(measurement->failure, line, sizeof line);
  fprintf(stderr, "m2sim-measure: %s is left out: %s\n", measurement->program->name, line);
}

// Two digits are enough of a size.
static uint64_t rounded_up(double value) {
  const double unit = value > 100 ? pow(10, floor(log10(value)) - 1) : 1;
  return (uint64_t)(ceil(value / unit) * unit);
}

// The suite's number of iterations: it must print what the suite says, and its time says which sizes to take.
// None is so small that caches and predictors would be as cold as they never are in the suite's own run.
static void prepare(struct measurement* measurement, const struct options* options) {
  const struct program* program = measurement->program;
  struct reading reading;
  char failure[FAILURE_BYTES];
  if (!read_program(program, program->usual_iterations, &reading, failure)) {
    if (!interrupted) leave_out(measurement, failure);
    return;
  }
  if (reading.status != 0 || strcmp(reading.line, program->line) != 0) {
    snprintf(failure, sizeof failure, "it gives %.*s, and must give %.*s", (int)strcspn(reading.line, "\n"),
             reading.line, (int)strcspn(program->line, "\n"), program->line);
    leave_out(measurement, failure);
    return;
  }
  const double usual = (double)program->usual_iterations;
  const double by_time = usual * options->milliseconds * 1e-3 / reading.seconds;
  const uint64_t least = rounded_up(fmax(fmax(by_time, usual / (options->quick ? 64 : 8)), 1));
  for (size_t size = 0; size < (size_t)options->sizes; size++)
    measurement->points[size].iterations = least << size;
}

// The same work gives the same line, in each reading.
static void take_reading(struct measurement* measurement, size_t size) {
  struct point* point = &measurement->points[size];
  struct reading* reading = &point->readings[point->count];
  char failure[FAILURE_BYTES];
  if (!read_program(measurement->program, point->iterations, reading, failure)) {
    if (!interrupted) leave_out(measurement, failure);
    return;
  }
  if (reading->status != 0 || strcmp(reading->line, point->readings[0].line) != 0) {
    leave_out(measurement, "it does not give the same each time");
    return;
  }
  point->count++;
}

// A new order each round, the same in each session: what drifts with time drifts over all alike.
static void shuffle(size_t* order, size_t count, uint64_t* random) {
  for (size_t i = count; i > 1; i--) {
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    const size_t other = (size_t)((*random >> 33) % i), last = order[i - 1];
    order[i - 1] = order[other];
    order[other] = last;
  }
}

static void show(const char* what, size_t done, size_t all) {
  if (isatty(STDERR_FILENO)) fprintf(stderr, "\r%s %zu of %zu%s", what, done, all, done == all ? "\n" : " ");
}

void run_session(struct session* session, const struct options* options) {
  for (size_t i = 0; i < session->count && !interrupted; i++) {
    prepare(&session->measurements[i], options);
    show("checked", i + 1, session->count);
  }
  const size_t count = session->count * session->sizes;
  const size_t readings = count * (size_t)options->repeats;
  size_t* order = get_memory(count + 1, sizeof *order);
  for (size_t i = 0; i < count; i++) order[i] = i;
  uint64_t random = 1;
  for (size_t done = 0; done < readings && !interrupted; done++) {
    if (done % count == 0) shuffle(order, count, &random);
    const size_t at = order[done % count];
    struct measurement* measurement = &session->measurements[at / session->sizes];
    if (measurement->failure[0] == '\0') take_reading(measurement, at % session->sizes);
    show("reading", done + 1, readings);
  }
  session->interrupted = interrupted != 0;
  free(order);
}
