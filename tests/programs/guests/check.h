// What the guest programs share: every check prints what it got, so that two runs can be compared.
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// "name: value", or the error's name when the value is -1.
static inline void say(const char* name, long value) {
  const int reason = errno;
  if (value == -1) {
    printf("%s: %s\n", name, strerrorname_np(reason));
  } else {
    printf("%s: %ld\n", name, value);
  }
  fflush(stdout);
}
