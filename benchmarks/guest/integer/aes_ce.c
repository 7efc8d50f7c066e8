// AES-128 through instructions: one message as a chain (CBC), and four blocks at a time (counter mode).
#include <arm_neon.h>

#include "support/benchmark.h"

enum { ROUNDS = 10, BLOCKS = 1024 };
static uint8x16_t keys[ROUNDS + 1];
static uint8x16_t blocks[BLOCKS];

static inline uint8x16_t encrypt(uint8x16_t block) {
  for (int i = 0; i < ROUNDS - 1; i++) block = vaesmcq_u8(vaeseq_u8(block, keys[i]));
  return veorq_u8(vaeseq_u8(block, keys[ROUNDS - 1]), keys[ROUNDS]);
}

static inline uint8x16_t decrypt(uint8x16_t block) {
  block = vaesimcq_u8(vaesdq_u8(block, keys[ROUNDS]));
  for (int i = ROUNDS - 1; i > 1; i--) block = vaesimcq_u8(vaesdq_u8(block, vaesimcq_u8(keys[i])));
  return veorq_u8(vaesdq_u8(block, vaesimcq_u8(keys[1])), keys[0]);
}

static KERNEL uint8x16_t chain(uint8x16_t last) {
  for (int i = 0; i < BLOCKS; i++) blocks[i] = last = encrypt(veorq_u8(blocks[i], last));
  return last;
}

static KERNEL void count(uint64_t nonce) {
  for (int i = 0; i < BLOCKS; i += 4)
    for (int k = 0; k < 4; k++) {
      const uint64x2_t counter = vcombine_u64(vcreate_u64(nonce), vcreate_u64((uint64_t)(i + k)));
      blocks[i + k] = veorq_u8(blocks[i + k], encrypt(vreinterpretq_u8_u64(counter)));
    }
}

static KERNEL void decrypt_all(void) {
  for (int i = 0; i < BLOCKS; i++) blocks[i] = decrypt(blocks[i]);
}

static uint8x16_t random_block(uint64_t* state) {
  const uint64_t low = next_random(state);
  return vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(low), vcreate_u64(next_random(state))));
}

int main(int argc, char** argv) {
  uint64_t state = 1, sum = CHECKSUM_START;
  // Random round keys in place of the schedule: the rounds do not care.
  for (int i = 0; i <= ROUNDS; i++) keys[i] = random_block(&state);
  for (int i = 0; i < BLOCKS; i++) blocks[i] = random_block(&state);
  uint8x16_t last = random_block(&state);
  for (long r = repetitions(argc, argv); r > 0; r--) {
    last = chain(last);
    count((uint64_t)r);
    decrypt_all();
  }
  for (int i = 0; i < BLOCKS; i++) {
    const uint64x2_t words = vreinterpretq_u64_u8(blocks[i]);
    sum = fold(fold(sum, vgetq_lane_u64(words, 0)), vgetq_lane_u64(words, 1));
  }
  return print_checksum(fold(sum, vgetq_lane_u64(vreinterpretq_u64_u8(last), 0)));
}
