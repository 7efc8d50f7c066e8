#include "layout.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sum.h"

enum {
  SECTOR = 128,  // bytes of a line of the L2
  LINE = 64,
  PAGE = 16384,
  LINKS = 4096,         // of each of two chains; a trial has fewer
  LANE_STEPS = 1700,    // of each lane, as in a trial
  LARGE_NODES = 262144  // a cycle through more than that finds nothing of it in a cache
};
static const uint64_t kChainBytes = UINT64_C(64) << 20;
static const uint64_t kLaneBytes = UINT64_C(256) << 20;

// splitmix64, as calibration/structures/trial.cpp has it.
static uint64_t next_random(uint64_t* state) {
  uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

// 0 to n - 1 in a random order; NULL: there is no memory.
static uint64_t* shuffled(uint64_t n, uint64_t seed) {
  uint64_t* order = malloc(n * sizeof *order);
  if (order == NULL) return NULL;
  for (uint64_t i = 0; i < n; i++) order[i] = i;
  for (uint64_t i = n; i > 1; i--) {
    const uint64_t other = next_random(&seed) % i, last = order[i - 1];
    order[i - 1] = order[other];
    order[other] = last;
  }
  return order;
}

struct writer {
  unsigned char* base;
  size_t left;  // still to be checked
  uint64_t sum;
};

static void put(struct writer* writer, uint64_t at, uint64_t to) {
  const uint64_t address = (uint64_t)(uintptr_t)writer->base + to;
  memcpy(writer->base + at, &address, sizeof address);
  if (writer->left == 0) return;
  writer->left--;
  writer->sum = add_to_sum(add_to_sum(writer->sum, at), to);
}

static void put_two_chains(struct writer* writer, const uint64_t* order) {
  for (uint64_t i = 0; i < LINKS; i++)
    for (uint64_t chain = 0; chain < 2; chain++)
      put(writer, SECTOR * order[2 * i + chain], SECTOR * order[2 * (i + 1) + chain]);
}

static void put_cycle(struct writer* writer, const uint64_t* order, uint64_t nodes) {
  for (uint64_t i = 0; i < nodes; i++) put(writer, SECTOR * order[i], SECTOR * order[(i + 1) % nodes]);
}

static uint64_t place_on_page(const struct memory* memory, uint64_t page) {
  return page * memory->stride + page * LINE % PAGE;
}

static void put_pages(struct writer* writer, const uint64_t* order, const struct memory* memory) {
  for (uint64_t i = 0; i < memory->x; i++)
    put(writer, place_on_page(memory, order[i]), place_on_page(memory, order[(i + 1) % memory->x]));
}

static void put_lanes(struct writer* writer, const uint64_t* order, uint64_t lanes) {
  uint64_t next = 0;
  for (uint64_t lane = 0; lane < lanes; lane++, next++)
    for (uint64_t i = 0; i < LANE_STEPS; i++, next++)
      put(writer, SECTOR * order[next], SECTOR * order[next + 1]);
}

// What is shuffled, and with which seed: those of calibration/structures.
static uint64_t* order_of(const struct memory* memory, uint64_t* nodes) {
  static const uint64_t kSeeds[] = {[TWO_CHAINS] = 2, [CYCLE] = 3, [PAGES] = 4, [LANES] = 5};
  switch (memory->layout) {
    case TWO_CHAINS:
      *nodes = kChainBytes / SECTOR;
      break;
    case CYCLE:
      *nodes = memory->x / SECTOR;
      break;
    case PAGES:
      *nodes = memory->x;
      break;
    default:
      *nodes = kLaneBytes / SECTOR;
      break;
  }
  return shuffled(*nodes, kSeeds[memory->layout]);
}

struct steps steps_of(const struct memory* memory) {
  const uint64_t nodes = memory->x / SECTOR;
  switch (memory->layout) {
    case TWO_CHAINS:
      return (struct steps){(LINKS - 2) / 2, 0};  // a pass may take two links of each
    case CYCLE:
      return nodes > LARGE_NODES ? (struct steps){nodes, 0} : (struct steps){0, nodes};
    case PAGES:
      return (struct steps){0, memory->x};
    case LANES:
      return (struct steps){LANE_STEPS, 0};
    default:
      return (struct steps){0, 0};
  }
}

const char* fill_memory(const struct memory* memory, unsigned char* base) {
  if (memory->layout == NOTHING) return NULL;
  uint64_t nodes;
  uint64_t* order = order_of(memory, &nodes);
  if (order == NULL) return "no memory";
  struct writer writer = {base, memory->checked, SUM_START};
  if (memory->layout == TWO_CHAINS) put_two_chains(&writer, order);
  if (memory->layout == CYCLE) put_cycle(&writer, order, nodes);
  if (memory->layout == PAGES) put_pages(&writer, order, memory);
  if (memory->layout == LANES) put_lanes(&writer, order, memory->x);
  free(order);
  return writer.left == 0 && writer.sum == memory->sum ? NULL : "its memory is not the trial's";
}
