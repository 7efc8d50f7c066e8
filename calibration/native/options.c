#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char kHelp[] =
    "usage: m2sim-measure [OPTION...]\n"
    "Measures how long the programs of m2sim's suite take on this machine, and writes a file of "
    "measurements\n"
    "for m2sim calibrate.\n"
    "\n"
    "  -o, --output FILE    where to; without it standard output\n"
    "      --filter REGEX   only programs whose name it matches (an extended regular expression)\n"
    "      --list           name the programs, and what one iteration of each is\n"
    "      --quick          a look: few and short readings\n"
    "      --repeats N      readings of each size (11; quick: 3)\n"
    "      --sizes N        sizes of each program, each twice the one before (4; quick: 3)\n"
    "      --milliseconds X about, of the smallest size (5; quick: 0.5)\n"
    "      --cpu N          on this one; without it on a fast one\n"
    "      --name TEXT      of the set of measurements; without it model and date\n"
    "      --source TEXT    who measured it and with what; without it this program\n"
    "  -h, --help           this\n";

static void refuse(const char* what, const char* why) {
  fprintf(stderr, "m2sim-measure: %s: %s\n", what, why);
  exit(2);
}

static const char* text_of(const char* option, const char* value) {
  if (value == NULL || value[0] == '\0') refuse(option, "needs a value");
  return value;
}

static double number(const char* option, const char* value, double least, double most) {
  const char* text = text_of(option, value);
  char* end;
  const double found = strtod(text, &end);
  if (*end != '\0' || !(found >= least && found <= most)) {
    char why[128];
    snprintf(why, sizeof why, "%.40s is no number from %g to %g", text, least, most);
    refuse(option, why);
  }
  return found;
}

static int whole_number(const char* option, const char* value, int least, int most) {
  const double found = number(option, value, least, most);
  if (found != (double)(int)found) refuse(option, "must be a whole number");
  return (int)found;
}

static void take_filter(struct options* options, const char* pattern) {
  if (options->filtered) regfree(&options->filter);
  const int error = regcomp(&options->filter, pattern, REG_EXTENDED | REG_NOSUB);
  if (error != 0) {
    char why[128];
    regerror(error, &options->filter, why, sizeof why);
    refuse("--filter", why);
  }
  options->filtered = true;
}

// False: there is no such option. NULL: the value is missing.
static bool take_value(struct options* options, const char* option, const char* value) {
  if (strcmp(option, "--output") == 0) {
    options->output = strcmp(text_of(option, value), "-") == 0 ? NULL : value;
  } else if (strcmp(option, "--filter") == 0) {
    take_filter(options, text_of(option, value));
  } else if (strcmp(option, "--repeats") == 0) {
    options->repeats = whole_number(option, value, 1, MOST_REPEATS);
  } else if (strcmp(option, "--sizes") == 0) {
    options->sizes = whole_number(option, value, 1, MOST_SIZES);
  } else if (strcmp(option, "--milliseconds") == 0) {
    options->milliseconds = number(option, value, 0.001, 10000);
  } else if (strcmp(option, "--cpu") == 0) {
    options->cpu = whole_number(option, value, 0, 4095);
  } else if (strcmp(option, "--name") == 0) {
    options->set = text_of(option, value);
  } else if (strcmp(option, "--source") == 0) {
    options->source = text_of(option, value);
  } else {
    return false;
  }
  return true;
}

static bool take_flag(struct options* options, const char* option) {
  if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0) {
    fputs(kHelp, stdout);
    exit(0);
  }
  if (strcmp(option, "--list") == 0) {
    options->list = true;
  } else if (strcmp(option, "--quick") == 0) {
    options->quick = true;
  } else {
    return false;
  }
  return true;
}

// The number of arguments that it takes.
static int take(struct options* options, int left, char** argument) {
  if (take_flag(options, argument[0])) return 1;
  char option[32];
  const char* given = strcmp(argument[0], "-o") == 0 ? "--output" : argument[0];
  const size_t length = strcspn(given, "=");
  snprintf(option, sizeof option, "%.*s", length < sizeof option ? (int)length : 0, given);
  const bool joined = given[length] == '=';
  const char* value = joined ? given + length + 1 : left > 1 ? argument[1] : NULL;
  if (!take_value(options, option, value)) refuse(argument[0], "no such option; --help lists them");
  return joined ? 1 : 2;
}

struct options parse_options(int argc, char** argv) {
  struct options options = {.repeats = 0, .sizes = 0, .milliseconds = 0, .cpu = -1};
  for (int i = 1; i < argc;) i += take(&options, argc - i, argv + i);
  if (options.repeats == 0) options.repeats = options.quick ? 3 : 11;
  if (options.sizes == 0) options.sizes = options.quick ? 3 : 4;
  if (options.milliseconds == 0) options.milliseconds = options.quick ? 0.5 : 5;
  return options;
}
