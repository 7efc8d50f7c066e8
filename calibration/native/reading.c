#include "reading.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "machine.h"

// A program's data are as its file has them, however often it has run before: each run has a process of its
// own.
static void measure(const struct program* program, uint64_t iterations, struct reading* reading) {
  struct counters counters;
  keep_core();
  counters_open(&counters);
  wait_for_steady_clock();
  const double clock_before = clock_ghz_now();
  counters_begin(&counters);
  const double begin = seconds_now();
  reading->status = run_program(program, iterations, reading->line);
  const double end = seconds_now();
  reading->counted = counters_end(&counters, reading->counters) == 0;
  reading->seconds = end - begin;
  reading->clock_ghz = (clock_before + clock_ghz_now()) / 2;
}

static void measure_and_tell(const struct program* program, uint64_t iterations, int to) {
  struct reading reading;
  memset(&reading, 0, sizeof reading);
  measure(program, iterations, &reading);
  _exit(write(to, &reading, sizeof reading) == (ssize_t)sizeof reading ? 0 : 1);
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

bool read_program(const struct program* program, uint64_t iterations, struct reading* reading,
                  char failure[FAILURE_BYTES]) {
  int ends[2];
  if (pipe(ends) != 0) return fail(failure, "pipe", errno);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    close(ends[0]);
    measure_and_tell(program, iterations, ends[1]);
  }
  const int fork_error = errno;
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return fail(failure, "fork", fork_error);
  }
  const bool whole = read_all(ends[0], reading, sizeof *reading) == sizeof *reading;
  close(ends[0]);
  if (!whole) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (whole) return true;
  if (WIFSIGNALED(status)) {
    snprintf(failure, FAILURE_BYTES, "ended by signal %d", WTERMSIG(status));
  } else {
    snprintf(failure, FAILURE_BYTES, "ended with status %d", WEXITSTATUS(status));
  }
  return false;
}
