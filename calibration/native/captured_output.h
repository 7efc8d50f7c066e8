// Comes before all else in the suite's C programs, which here are functions: what they print goes to the
// harness. Nothing is written while time is measured.
#pragma once

#include <stdio.h>

int m2sim_printf(const char* format, ...) __attribute__((format(printf, 1, 2)));
int m2sim_puts(const char* text);
#define printf m2sim_printf
#define puts m2sim_puts
