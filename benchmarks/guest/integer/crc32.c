// CRC-32 (polynomial of ISO 3309, reflected) a byte at a time from a table: a chain through a load.
#include "support/benchmark.h"

enum { BYTES = 65536 };
static uint32_t table[256];
static unsigned char data[BYTES];

static void make_table(void) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int bit = 0; bit < 8; bit++) c = (c >> 1) ^ (0xedb88320U & (0U - (c & 1U)));
    table[i] = c;
  }
}

static KERNEL uint32_t crc32(uint32_t crc) {
  crc = ~crc;
  for (long i = 0; i < BYTES; i++) crc = table[(crc ^ data[i]) & 0xff] ^ (crc >> 8);
  return ~crc;
}

int main(int argc, char** argv) {
  uint64_t state = 1;
  make_table();
  for (long i = 0; i < BYTES; i++) data[i] = (unsigned char)(next_random(&state) >> 56);
  uint32_t crc = 0;
  for (long r = repetitions(argc, argv); r > 0; r--) crc = crc32(crc);
  return print_checksum(crc);
}
