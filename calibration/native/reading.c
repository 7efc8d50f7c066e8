#include "reading.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "machine.h"

static void measure(const struct program* program, const struct counters* counters, uint64_t iterations,
                    struct reading* reading) {
  const double clock_before = clock_ghz_now();
  settle_program(program);
  counters_begin(counters);
  const double begin = seconds_now();
  reading->status = run_program(program, iterations, reading->line);
  const double end = seconds_now();
  reading->counted = counters_end(counters, reading->counters) == 0;
  reading->seconds = end - begin;
  reading->clock_ghz = (clock_before + clock_ghz_now()) / 2;
}

static bool tell(const struct reading* reading, int to) {
  return write(to, reading, sizeof *reading) == (ssize_t)sizeof *reading;
}

// A program's data are as its file has them, however often it has run before.
static void measure_and_tell(const struct program* program, const uint64_t* iterations, size_t count,
                             int to) {
  struct counters counters;
  struct reading reading;
  memset(&reading, 0, sizeof reading);
  keep_core();
  reading.wrong = prepare_program(program);
  if (reading.wrong != NULL) _exit(tell(&reading, to) ? 0 : 1);
  counters_open(&counters);
  wait_for_steady_clock();
  for (size_t i = 0; i < count; i++) {
    measure(program, &counters, iterations[i], &reading);
    if (!tell(&reading, to)) _exit(1);
  }
  _exit(0);
}

// As much as there is, until the other end is closed or a signal comes.
static size_t read_all(int from, void* data, size_t bytes) {
  size_t have = 0;
  while (have < bytes) {
    const ssize_t more = read(from, (char*)data + have, bytes - have);
    if (more <= 0) break;
    have += (size_t)more;
  }
  return have;
}

static bool fail(char failure[FAILURE_BYTES], const char* what, int error) {
  snprintf(failure, FAILURE_BYTES, "%s: %s", what, strerror(error));
  return false;
}

// Until all are there, or it says that something is wrong, or it ends.
static bool read_readings(int from, struct reading* readings, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (read_all(from, &readings[i], sizeof readings[i]) != sizeof readings[i]) return false;
    if (readings[i].wrong != NULL) return true;
  }
  return true;
}

static void say_end(int status, char failure[FAILURE_BYTES]) {
  const bool by_signal = WIFSIGNALED(status);
  snprintf(failure, FAILURE_BYTES, by_signal ? "ended by signal %d" : "ended with status %d",
           by_signal ? WTERMSIG(status) : WEXITSTATUS(status));
}

bool read_program(const struct program* program, const uint64_t* iterations, size_t count,
                  struct reading* readings, char failure[FAILURE_BYTES]) {
  int ends[2];
  if (pipe(ends) != 0) return fail(failure, "pipe", errno);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    close(ends[0]);
    measure_and_tell(program, iterations, count, ends[1]);
  }
  const int fork_error = errno;
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return fail(failure, "fork", fork_error);
  }
  const bool whole = read_readings(ends[0], readings, count);
  close(ends[0]);
  if (!whole) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (!whole) {
    say_end(status, failure);
    return false;
  }
  // A text of this program: it lies where it lies in the child.
  if (readings[0].wrong != NULL) snprintf(failure, FAILURE_BYTES, "%s", readings[0].wrong);
  return readings[0].wrong == NULL;
}
