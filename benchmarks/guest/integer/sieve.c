// Sieve of Eratosthenes over bytes: strided stores and one well-predicted branch a number.
#include "support/benchmark.h"

enum { LIMIT = 500000 };
static unsigned char composite[LIMIT];

static KERNEL long sieve(void) {
  memset(composite, 0, sizeof composite);
  for (long i = 2; i * i < LIMIT; i++) {
    if (composite[i]) continue;
    for (long j = i * i; j < LIMIT; j += i) composite[j] = 1;
  }
  long primes = 0;
  for (long i = 2; i < LIMIT; i++) primes += !composite[i];
  return primes;
}

int main(int argc, char** argv) {
  uint64_t sum = CHECKSUM_START;
  for (long r = repetitions(argc, argv); r > 0; r--) sum = fold(sum, (uint64_t)sieve());
  for (long i = 2; i < LIMIT; i += 997) sum = fold(sum, composite[i]);
  return print_checksum(sum);
}
