// SHA-256 (FIPS 180-4) in plain C over a buffer, hashed again with its digest: rotates, adds, logic.
#include "support/benchmark.h"

enum { BYTES = 32768 };
static unsigned char data[BYTES];
static uint32_t constants[64];

// The constants are the first 32 bits of the fractions of the cube roots of the first 64 primes: the
// largest k with k^3 <= p * 2^96, its low 32 bits.
static uint32_t cube_root_fraction(uint32_t prime) {
  uint64_t root = 0;
  for (int bit = 34; bit >= 0; bit--) {
    uint64_t trial = root | (UINT64_C(1) << bit);
    if ((unsigned __int128)trial * trial <= ((unsigned __int128)prime << 96) / trial) root = trial;
  }
  return (uint32_t)root;
}

static void make_constants(void) {
  int found = 0;
  for (uint32_t n = 2; found < 64; n++) {
    int prime = 1;
    for (uint32_t d = 2; d * d <= n; d++) prime &= n % d != 0;
    if (prime) constants[found++] = cube_root_fraction(n);
  }
}

static uint32_t rotate(uint32_t x, int by) { return x >> by | x << (32 - by); }

static void expand(uint32_t w[64], const unsigned char* block) {
  for (int i = 0; i < 16; i++) {
    uint32_t word;
    memcpy(&word, block + 4 * i, 4);
    w[i] = __builtin_bswap32(word);
  }
  for (int i = 16; i < 64; i++) {
    uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
}

static KERNEL void compress(uint32_t hash[8], const unsigned char* block) {
  uint32_t w[64];
  expand(w, block);
  uint32_t a = hash[0], b = hash[1], c = hash[2], d = hash[3];
  uint32_t e = hash[4], f = hash[5], g = hash[6], h = hash[7];
  for (int i = 0; i < 64; i++) {
    uint32_t s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + constants[i] + w[i];
    uint32_t s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  hash[0] += a, hash[1] += b, hash[2] += c, hash[3] += d;
  hash[4] += e, hash[5] += f, hash[6] += g, hash[7] += h;
}

static void sha256(uint32_t hash[8]) {
  static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  unsigned char last[64] = {0x80};
  uint64_t bits = __builtin_bswap64(UINT64_C(8) * BYTES);
  memcpy(hash, start, sizeof start);
  for (long i = 0; i < BYTES; i += 64) compress(hash, data + i);
  memcpy(last + 56, &bits, sizeof bits);
  compress(hash, last);
}

int main(int argc, char** argv) {
  uint32_t hash[8] = {0};
  uint64_t state = 1;
  make_constants();
  for (long i = 0; i < BYTES; i++) data[i] = (unsigned char)(next_random(&state) >> 56);
  for (long r = repetitions(argc, argv); r > 0; r--) {
    sha256(hash);
    memcpy(data, hash, sizeof hash);
  }
  for (int i = 0; i < 8; i++) printf("%08" PRIx32, hash[i]);
  return puts("") >= 0 ? 0 : 1;
}
