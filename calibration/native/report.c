#include "report.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "revision.h"

#if defined(__clang__)
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

// Whose code is compiled is the suite's only with the suite's compiler.
#if defined(__clang__) || __GNUC__ != 12
enum { SUITE_COMPILER = 0 };
#else
enum { SUITE_COMPILER = 1 };
#endif

static void put_text(FILE* to, const char* text) {
  fputc('"', to);
  for (; *text != '\0'; text++) {
    const unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\') {
      fprintf(to, "\\%c", c);
    } else if (c < 0x20) {
      fprintf(to, "\\u%04x", c);
    } else {
      fputc(c, to);
    }
  }
  fputc('"', to);
}

static void put_member(FILE* to, const char* name, const char* text, const char* behind) {
  fprintf(to, "\"%s\": ", name);
  put_text(to, text);
  fputs(behind, to);
}

static bool has_readings(const struct session* session, const struct measurement* measurement) {
  size_t count = 0;
  for (size_t size = 0; size < session->sizes; size++) count += measurement->points[size].count;
  return measurement->failure[0] == '\0' && count > 0;
}

size_t measured_programs(const struct session* session) {
  size_t count = 0;
  for (size_t i = 0; i < session->count; i++) count += has_readings(session, &session->measurements[i]);
  return count;
}

static int compare(const void* a, const void* b) {
  const double x = *(const double*)a, y = *(const double*)b;
  return (x > y) - (x < y);
}

double median_clock(const struct session* session) {
  size_t count = 0;
  for (size_t i = 0; i < session->count; i++)
    for (size_t size = 0; size < session->sizes; size++) count += session->measurements[i].points[size].count;
  double* clocks = calloc(count + 1, sizeof *clocks);
  if (clocks == NULL) return 0;
  size_t at = 0;
  for (size_t i = 0; i < session->count; i++)
    for (size_t size = 0; size < session->sizes; size++) {
      const struct point* point = &session->measurements[i].points[size];
      for (size_t k = 0; k < point->count; k++) clocks[at++] = point->readings[k].clock_ghz;
    }
  qsort(clocks, count, sizeof *clocks, compare);
  const double median = clocks[count / 2];
  free(clocks);
  return median;
}

static void put_counters(FILE* to, const struct point* point, const struct counters* counters) {
  for (size_t k = 0; k < point->count; k++)
    if (!point->readings[k].counted) return;
  fputs(",\n         \"counters\": {", to);
  for (size_t i = 0; i < counters->count; i++) {
    fprintf(to, "%s\"%s\": [", i > 0 ? ", " : "", counters->names[i]);
    for (size_t k = 0; k < point->count; k++)
      fprintf(to, "%s%" PRIu64, k > 0 ? ", " : "", point->readings[k].counters[i]);
    fputc(']', to);
  }
  fputc('}', to);
}

static void put_point(FILE* to, const struct point* point, const struct counters* counters) {
  fprintf(to, "{\"iterations\": %" PRIu64 ", \"seconds\": [", point->iterations);
  for (size_t k = 0; k < point->count; k++)
    fprintf(to, "%s%.9f", k > 0 ? ", " : "", point->readings[k].seconds);
  fputs("],\n         \"clock_ghz\": [", to);
  for (size_t k = 0; k < point->count; k++)
    fprintf(to, "%s%.4f", k > 0 ? ", " : "", point->readings[k].clock_ghz);
  fputc(']', to);
  if (counters->count > 0) put_counters(to, point, counters);
  fputc('}', to);
}

static void put_note(FILE* to, const struct report* report) {
  char note[TEXT_BYTES * 2];
  snprintf(note, sizeof note, "%s%s%s%s", report->session->interrupted ? "partial: interrupted" : "",
           report->session->interrupted && report->counters->count == 0 ? "; " : "",
           report->counters->count == 0 ? "no counters: " : "", report->counters->refusal);
  put_member(to, "note", note, "}");
}

static void put_measurement(FILE* to, const struct report* report, const struct measurement* measurement) {
  fputs("    {", to);
  put_member(to, "program", measurement->program->name, ", ");
  put_member(to, "unit", measurement->program->unit, ",\n");
  fputs("     \"points\": [", to);
  bool first = true;
  for (size_t size = 0; size < report->session->sizes; size++) {
    if (measurement->points[size].count == 0) continue;
    if (!first) fputs(",\n        ", to);
    first = false;
    put_point(to, &measurement->points[size], report->counters);
  }
  fputs("],\n     ", to);
  if (!SUITE_COMPILER && measurement->program->main != NULL)
    put_member(to, "differs", "built by " COMPILER ", the suite's by gcc 12", ",\n     ");
  put_note(to, report);
}

static void today(char text[16]) {
  const time_t now = time(NULL);
  strftime(text, 16, "%Y-%m-%d", localtime(&now));
}

// The model and the day, in lower case and without blanks.
static void put_name(FILE* to, const struct report* report) {
  char name[TEXT_BYTES + 20], date[16];
  today(date);
  const bool has_model = strcmp(report->machine->model, "unknown") != 0;
  snprintf(name, sizeof name, "%s-%s", has_model ? report->machine->model : report->machine->chip, date);
  for (char* c = name; *c != '\0'; c++)
    *c = isalnum((unsigned char)*c) ? (char)tolower((unsigned char)*c) : '-';
  put_member(to, "name", report->options->set != NULL ? report->options->set : name, ",\n   ");
}

static void put_set(FILE* to, const struct report* report) {
  const struct machine* machine = report->machine;
  char date[16];
  today(date);
  fputs("{\"schema\": \"m2sim-measurements\", \"schema_version\": 1,\n \"sets\": [{\n   ", to);
  put_name(to, report);
  const char* source = report->options->source;
  put_member(to, "source", source != NULL ? source : "m2sim-measure, revision " REVISION, ",\n   ");
  put_member(to, "date", date, ",\n   ");
  fputs("\"machine\": {", to);
  put_member(to, "chip", machine->chip, ", ");
  put_member(to, "model", machine->model, ", ");
  put_member(to, "system", machine->system, ", ");
  put_member(to, "compiler", COMPILER, ", ");
  fprintf(to, "\"virtual\": %s},\n   \"core\": {", machine->is_virtual ? "true" : "false");
  put_member(to, "type", report->core->type, ", ");
  put_member(to, "how", report->core->how, "},\n   ");
  fprintf(to, "\"clock\": {\"how\": \"derived\", \"ghz\": %.4f},\n", median_clock(report->session));
  fputs("   \"measurements\": [\n", to);
  bool first = true;
  for (size_t i = 0; i < report->session->count; i++) {
    if (!has_readings(report->session, &report->session->measurements[i])) continue;
    if (!first) fputs(",\n", to);
    first = false;
    put_measurement(to, report, &report->session->measurements[i]);
  }
  fputs("\n   ]}]}\n", to);
}

static bool refuse(const char* path) {
  fprintf(stderr, "m2sim-measure: %s: %s\n", path, strerror(errno));
  return false;
}

// Under another name until it is whole.
bool write_report(const struct report* report) {
  const char* path = report->options->output;
  if (path == NULL) {
    put_set(stdout, report);
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? true : refuse("standard output");
  }
  const size_t bytes = strlen(path) + 32;
  char* unfinished = malloc(bytes);
  if (unfinished == NULL) return refuse(path);
  snprintf(unfinished, bytes, "%s.new-%ld", path, (long)getpid());
  FILE* file = fopen(unfinished, "w");
  bool good = file != NULL;
  if (good) {
    put_set(file, report);
    good = ferror(file) == 0;
    good = fflush(file) == 0 && fsync(fileno(file)) == 0 && good;
    good = fclose(file) == 0 && good;
    good = good && rename(unfinished, path) == 0;
    if (!good) {
      const int error = errno;
      unlink(unfinished);
      errno = error;
    }
  }
  free(unfinished);
  return good ? true : refuse(path);
}
