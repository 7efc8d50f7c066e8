// Follows one random cycle through NODES cache lines: each load's address is the load before it.
#include "support/benchmark.h"

enum { LINE = 128, NODES = MEGABYTES * 1024 * 1024 / LINE };
struct node {
  struct node* next;
  char pad[LINE - sizeof(struct node*)];
};
static struct node nodes[NODES] __attribute__((aligned(LINE)));
static uint32_t order[NODES];

// Sattolo's shuffle: a permutation that is one single cycle.
static void link_cycle(void) {
  uint64_t state = 1;
  for (uint32_t i = 0; i < NODES; i++) order[i] = i;
  for (uint32_t i = NODES - 1; i > 0; i--) {
    uint32_t j = (uint32_t)(((next_random(&state) >> 32) * i) >> 32), t = order[i];
    order[i] = order[j];
    order[j] = t;
  }
  for (uint32_t i = 0; i < NODES; i++) nodes[i].next = &nodes[order[i]];
}

static KERNEL struct node* chase(struct node* at, long hops) {
  for (; hops > 0; hops--) at = at->next;
  return at;
}

int main(int argc, char** argv) {
  link_cycle();
  struct node* end = chase(nodes, repetitions(argc, argv));
  return print_checksum(fold(CHECKSUM_START, (uint64_t)(end - nodes)));
}
