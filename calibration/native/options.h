// What the command line asks for.
#pragma once

#include <regex.h>
#include <stdbool.h>

enum { MOST_SIZES = 8, MOST_REPEATS = 1000 };

struct options {
  const char* output;  // NULL: standard output
  const char* set;     // the set's name; NULL: made from machine and date
  const char* source;  // NULL: this program
  bool filtered;
  regex_t filter;
  bool list;
  bool quick;
  int repeats;
  int sizes;
  double milliseconds;  // about, of the smallest size
  int cpu;              // -1: a fast one
};

// Prints the help and ends the process, or prints one line on what is wrong and ends it with status 2.
struct options parse_options(int argc, char** argv);
