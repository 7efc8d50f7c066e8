// Fills two buffers, one with zeros, and copies one to the other: the library's memset and memcpy over
// KILOBYTES each.
#include "support/benchmark.h"

enum { BYTES = KILOBYTES * 1024 };
static unsigned char from[BYTES] __attribute__((aligned(128)));
static unsigned char to[BYTES] __attribute__((aligned(128)));

// What the compiler must believe to be read: otherwise a fill that a copy overwrites is dead.
static void keep(void* data) { __asm__ volatile("" : : "r"(data) : "memory"); }

static KERNEL void fill_and_copy(int value) {
  memset(from, value, BYTES);
  keep(from);
  memset(to, 0, BYTES);
  keep(to);
  memcpy(to, from, BYTES);
  keep(to);
}

int main(int argc, char** argv) {
  uint64_t sum = CHECKSUM_START;
  for (long r = repetitions(argc, argv); r > 0; r--) {
    fill_and_copy((int)(r & 0x7f) + 1);
    sum = fold(sum, to[(size_t)r * 4099 % BYTES]);
  }
  for (size_t i = 0; i < BYTES; i += 1021) sum = fold(sum, to[i] + 256U * from[i]);
  return print_checksum(sum);
}
