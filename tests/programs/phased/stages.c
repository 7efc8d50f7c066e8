// Kinds of work in turns, of lengths that change: sums, a sort, products of matrices, a list all over memory, a hash
// table, and loops whose branches nobody foresees.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { kWords = 1 << 20, kSorted = 60000, kMatrix = 96, kNodes = 1 << 16, kTable = 1 << 17 };

static uint32_t words[kWords];
static uint32_t sorted[kSorted];
static double a[kMatrix][kMatrix], b[kMatrix][kMatrix], c[kMatrix][kMatrix];
static struct Node {
  struct Node *next;
  uint64_t value[7];
} nodes[kNodes];
static uint32_t keys[kTable];
static uint64_t state = 88172645463325252u;

static uint32_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state >> 16);
}

static uint64_t sums(int times) {
  uint64_t sum = 0;
  for (int t = 0; t < times; ++t)
    for (int i = 0; i < kWords; ++i) sum += words[i] ^ (uint32_t)t;
  return sum;
}

static int order(const void *x, const void *y) {
  const uint32_t one = *(const uint32_t *)x, other = *(const uint32_t *)y;
  return (one > other) - (one < other);
}

static uint64_t sort(int times) {
  uint64_t sum = 0;
  for (int t = 0; t < times; ++t) {
    for (int i = 0; i < kSorted; ++i) sorted[i] = next();
    qsort(sorted, kSorted, sizeof *sorted, order);
    sum += sorted[kSorted / 2];
  }
  return sum;
}

static uint64_t matrices(int times) {
  for (int t = 0; t < times; ++t)
    for (int i = 0; i < kMatrix; ++i)
      for (int j = 0; j < kMatrix; ++j) {
        double sum = 0;
        for (int k = 0; k < kMatrix; ++k) sum += a[i][k] * b[k][j];
        c[i][j] = sum + t;
      }
  return (uint64_t)c[3][5];
}

static uint64_t list(int times) {
  uint64_t sum = 0;
  const struct Node *node = nodes;
  for (int t = 0; t < times * kNodes; ++t) {
    sum += node->value[t & 3];
    node = node->next;
  }
  return sum;
}

static uint64_t table(int times) {
  uint64_t found = 0;
  for (int t = 0; t < times; ++t) {
    for (int i = 0; i < kTable; ++i) keys[i] = 0;
    for (int i = 0; i < kTable / 2; ++i) {
      const uint32_t key = next() | 1;
      uint32_t at = key * 2654435761u >> 15;
      while (keys[at] != 0 && keys[at] != key) at = (at + 1) % kTable;
      found += keys[at] == key;
      keys[at] = key;
    }
  }
  return found;
}

static uint64_t branches(int times) {
  uint64_t steps = 0;
  for (int t = 0; t < times * 1000; ++t)
    for (uint64_t n = next() % 100000 + 1; n != 1; ++steps) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
  return steps;
}

int main(int argc, char **argv) {
  const int rounds = argc > 1 ? atoi(argv[1]) : 6;
  for (int i = 0; i < kWords; ++i) words[i] = next();
  for (int i = 0; i < kMatrix; ++i)
    for (int j = 0; j < kMatrix; ++j) a[i][j] = b[j][i] = next() % 100;
  static uint32_t places[kNodes];
  for (uint32_t i = 0; i < kNodes; ++i) places[i] = i;
  for (uint32_t i = kNodes - 1; i > 0; --i) {
    const uint32_t j = next() % (i + 1), place = places[i];
    places[i] = places[j];
    places[j] = place;
  }
  for (uint32_t i = 0; i < kNodes; ++i) nodes[places[i]].next = &nodes[places[(i + 1) % kNodes]];
  uint64_t sum = 0;
  for (int r = 0; r < rounds; ++r) {
    sum += sums(4 + r % 3);
    sum += sort(1 + r % 2);
    sum += matrices(6 + r);
    sum += list(8 + 2 * (r % 3));
    sum += table(3 + r % 4);
    sum += branches(20 + 5 * (r % 2));
  }
  printf("%llu\n", (unsigned long long)sum);
  return 0;
}
