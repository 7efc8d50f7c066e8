// Atomics and barriers of one thread: counters, a lock, a ring between acquire and release, exclusives,
// fences.
#include <stdatomic.h>

#include "support/benchmark.h"

enum { COUNTERS = 64, ROUNDS = 1024 };
static _Atomic uint64_t counters[COUNTERS];
static _Atomic uint32_t lock;
static _Atomic uint64_t head, tail;
static uint64_t ring[COUNTERS];
static uint64_t shared;

static KERNEL void count(uint64_t seed) {
  for (uint64_t i = 0; i < ROUNDS; i++) {
    const uint64_t place = (seed + i * 7) % COUNTERS;
    atomic_fetch_add_explicit(&counters[place], i, memory_order_relaxed);
    atomic_fetch_xor_explicit(&counters[(place + 1) % COUNTERS], seed, memory_order_acq_rel);
    atomic_exchange(&counters[(place + 2) % COUNTERS], i ^ seed);
  }
}

static KERNEL void locked(uint64_t seed) {
  for (uint64_t i = 0; i < ROUNDS; i++) {
    uint32_t free = 0;
    while (
        !atomic_compare_exchange_weak_explicit(&lock, &free, 1, memory_order_acquire, memory_order_relaxed))
      free = 0;
    shared = shared * 3 + seed + i;
    atomic_store_explicit(&lock, 0, memory_order_release);
  }
}

// One side puts in, the other takes out: each reads what the other has released.
static KERNEL uint64_t passed(uint64_t seed) {
  uint64_t sum = 0;
  for (uint64_t i = 0; i < ROUNDS; i++) {
    const uint64_t in = atomic_load_explicit(&head, memory_order_relaxed);
    if (in - atomic_load_explicit(&tail, memory_order_acquire) < COUNTERS) {
      ring[in % COUNTERS] = seed ^ i;
      atomic_store_explicit(&head, in + 1, memory_order_release);
    }
    const uint64_t out = atomic_load_explicit(&tail, memory_order_relaxed);
    if (atomic_load_explicit(&head, memory_order_acquire) != out) {
      sum += ring[out % COUNTERS];
      atomic_store_explicit(&tail, out + 1, memory_order_release);
    }
  }
  return sum;
}

static KERNEL void exclusive(uint64_t seed) {
  for (uint64_t i = 0; i < ROUNDS; i++) {
    uint64_t value;
    uint32_t failed;
    __asm__ volatile(
        "1: ldaxr %0, %2\n"
        "   add %0, %0, %3\n"
        "   stlxr %w1, %0, %2\n"
        "   cbnz %w1, 1b"
        : "=&r"(value), "=&r"(failed), "+Q"(shared)
        : "r"(seed + i)
        : "memory");
  }
}

static KERNEL void fenced(uint64_t seed) {
  for (uint64_t i = 0; i < ROUNDS; i++) {
    ring[i % COUNTERS] += seed;
    atomic_thread_fence(memory_order_seq_cst);
    shared += ring[(i + 1) % COUNTERS];
    if (i % 16 == 0) __asm__ volatile("dsb ish\n isb" : : : "memory");
  }
}

int main(int argc, char** argv) {
  uint64_t sum = CHECKSUM_START;
  for (long r = repetitions(argc, argv); r > 0; r--) {
    count((uint64_t)r);
    locked((uint64_t)r);
    sum = fold(sum, passed((uint64_t)r));
    exclusive((uint64_t)r);
    fenced((uint64_t)r);
  }
  for (int i = 0; i < COUNTERS; i++) sum = fold(sum, counters[i]);
  return print_checksum(fold(sum, shared));
}
