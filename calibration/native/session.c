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
  size_t program_count;
  const struct program* programs = all_programs(&program_count);
  session.measurements =
      get_memory(programs != NULL ? program_count : SIZE_MAX, sizeof *session.measurements);
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

// About as many iterations, of two digits where that is possible.
static uint64_t rounded(double value, const struct range* range, size_t sizes) {
  const double unit = value > 100 ? pow(10, floor(log10(value)) - 1) : 1;
  const uint64_t most = range->most > 0 ? range->most >> (sizes - 1) : UINT64_MAX;
  uint64_t iterations = (uint64_t)(ceil(value / unit) * unit);
  if (iterations > most) iterations = most;
  iterations -= iterations % range->step;
  return iterations > 0 ? iterations : range->step;
}

// A first run must print what the suite says, and its time says which sizes to take.
static void prepare(struct measurement* measurement, const struct options* options) {
  const struct program* program = measurement->program;
  struct reading reading;
  char failure[FAILURE_BYTES];
  if (!read_program(program, &program->usual_iterations, 1, &reading, failure)) {
    if (!interrupted) leave_out(measurement, failure);
    return;
  }
  if (program->line != NULL && (reading.status != 0 || strcmp(reading.line, program->line) != 0)) {
    snprintf(failure, sizeof failure, "it gives %.*s, and must give %.*s", (int)strcspn(reading.line, "\n"),
             reading.line, (int)strcspn(program->line, "\n"), program->line);
    leave_out(measurement, failure);
    return;
  }
  const struct range range = range_of(program, options->quick);
  const double seconds = fmax(reading.seconds, 1e-7);  // some clocks have ticks of 40 ns
  const double by_time = (double)program->usual_iterations * options->milliseconds * 1e-3 / seconds;
  const uint64_t least = rounded(fmax(by_time, (double)range.least), &range, (size_t)options->sizes);
  for (size_t size = 0; size < (size_t)options->sizes; size++)
    measurement->points[size].iterations = least << size;
}

// What one process measures: a program of the suite at one size; a structure, which takes long to make and is
// the same again afterwards, at all.
struct turn {
  struct measurement* measurement;
  size_t first;
  size_t count;
};

// The same work gives the same line, in each reading.
static void take_turn(const struct turn* turn) {
  struct measurement* measurement = turn->measurement;
  uint64_t iterations[MOST_SIZES];
  struct reading readings[MOST_SIZES];
  char failure[FAILURE_BYTES];
  struct point* points = &measurement->points[turn->first];
  for (size_t i = 0; i < turn->count; i++) iterations[i] = points[i].iterations;
  if (!read_program(measurement->program, iterations, turn->count, readings, failure)) {
    if (!interrupted) leave_out(measurement, failure);
    return;
  }
  for (size_t i = 0; i < turn->count; i++) {
    struct point* point = &points[i];
    point->readings[point->count] = readings[i];
    if (readings[i].status != 0 || strcmp(readings[i].line, point->readings[0].line) != 0) {
      leave_out(measurement, "it does not give the same each time");
      return;
    }
    point->count++;
  }
}

static size_t plan_turns(struct session* session, struct turn* turns) {
  size_t count = 0;
  for (size_t i = 0; i < session->count; i++) {
    struct measurement* measurement = &session->measurements[i];
    const size_t together = measurement->program->structure != NULL ? session->sizes : 1;
    for (size_t size = 0; size < session->sizes; size += together)
      turns[count++] = (struct turn){measurement, size, together};
  }
  return count;
}

// A new order each round, the same in each session: what drifts with time drifts over all alike.
static void shuffle(struct turn* turns, size_t count, uint64_t* random) {
  for (size_t i = count; i > 1; i--) {
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    const size_t other = (size_t)((*random >> 33) % i);
    const struct turn last = turns[i - 1];
    turns[i - 1] = turns[other];
    turns[other] = last;
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
  struct turn* turns = get_memory(session->count * session->sizes, sizeof *turns);
  const size_t count = plan_turns(session, turns);
  const size_t all = count * (size_t)options->repeats;
  uint64_t random = 1;
  for (size_t done = 0; done < all && !interrupted; done++) {
    if (done % count == 0) shuffle(turns, count, &random);
    const struct turn* turn = &turns[done % count];
    if (turn->measurement->failure[0] == '\0') take_turn(turn);
    show("measured", done + 1, all);
  }
  session->interrupted = interrupted != 0;
  free(turns);
}
