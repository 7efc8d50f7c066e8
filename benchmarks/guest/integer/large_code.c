// More code than the L1I holds: 4,096 small functions, about 320 KiB, called one after the other.
#include "support/benchmark.h"

static uint64_t words[256];

// Each function is its own by its number: constants, words and which way its branch goes.
#define FUNCTION(n)                                             \
  static KERNEL uint64_t function_##n(uint64_t x) {             \
    const uint64_t word = words[(0x##n * 5 + 1) & 255];         \
    x = (x ^ (0x##n * 0x9e37 + 1)) + (word >> (0x##n & 31));    \
    if ((x >> (0x##n & 15) & 15) == 3) words[0x##n & 255] ^= x; \
    x += word ^ (x << ((0x##n & 7) + 1));                       \
    return x ^ (x >> ((0x##n >> 4 & 15) + 7));                  \
  }
#define CALL(n) x = function_##n(x);

#define DIGITS(m, n)                                                                                      \
  m(n##0) m(n##1) m(n##2) m(n##3) m(n##4) m(n##5) m(n##6) m(n##7) m(n##8) m(n##9) m(n##a) m(n##b) m(n##c) \
      m(n##d) m(n##e) m(n##f)
#define OUTER_DIGITS(m, n)                                                                                \
  m(n##0) m(n##1) m(n##2) m(n##3) m(n##4) m(n##5) m(n##6) m(n##7) m(n##8) m(n##9) m(n##a) m(n##b) m(n##c) \
      m(n##d) m(n##e) m(n##f)

// Sixteen functions and the one that calls them.
#define GROUP(n)      \
  DIGITS(FUNCTION, n) \
  static KERNEL uint64_t group_##n(uint64_t x) { DIGITS(CALL, n) return x; }
#define CALL_GROUP(n) x = group_##n(x);
#define EACH(m)                                                                                      \
  OUTER_DIGITS(m, 0)                                                                                 \
  OUTER_DIGITS(m, 1)                                                                                 \
  OUTER_DIGITS(m, 2) OUTER_DIGITS(m, 3) OUTER_DIGITS(m, 4) OUTER_DIGITS(m, 5) OUTER_DIGITS(m, 6)     \
      OUTER_DIGITS(m, 7) OUTER_DIGITS(m, 8) OUTER_DIGITS(m, 9) OUTER_DIGITS(m, a) OUTER_DIGITS(m, b) \
          OUTER_DIGITS(m, c) OUTER_DIGITS(m, d) OUTER_DIGITS(m, e) OUTER_DIGITS(m, f)
EACH(GROUP)

static KERNEL uint64_t call_all(uint64_t x) {
  EACH(CALL_GROUP)
  return x;
}

int main(int argc, char** argv) {
  uint64_t state = 1, sum = CHECKSUM_START;
  for (int i = 0; i < 256; i++) words[i] = next_random(&state);
  for (long r = repetitions(argc, argv); r > 0; r--) sum = fold(sum, call_all(sum));
  for (int i = 0; i < 256; i++) sum = fold(sum, words[i]);
  return print_checksum(sum);
}
