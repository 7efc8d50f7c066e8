// The kinds of work that benchmarks of small cores are made of, in turns, as CoreMark has them: a list that is
// searched and turned round, products of matrices, a machine of states that reads numbers, and the CRC of all
// results. Each loop that costs something is marked by the name that the test looks for.
#include <stdint.h>
#include <stdio.h>

enum { kNodes = 400, kSide = 24, kTurns = 30 };

struct Node {
  struct Node* next;
  int value;
};

static struct Node nodes[kNodes];
static int16_t a[kSide][kSide], b[kSide][kSide];
static int32_t product[kSide][kSide];

__attribute__((noinline)) static struct Node* turned_round(struct Node* list) {
  struct Node* before = NULL;
  while (list != NULL) {
    struct Node* const next = list->next;  // reverse
    list->next = before;
    before = list;
    list = next;
  }
  return before;
}

__attribute__((noinline)) static int place_of(const struct Node* list, int value) {
  int place = 0;
  for (; list != NULL && list->value != value; list = list->next) ++place;  // search
  return place;
}

__attribute__((noinline)) static int32_t multiplied(void) {
  int32_t sum = 0;
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) {
      int32_t cell = 0;
      for (int k = 0; k < kSide; ++k) cell += a[i][k] * b[k][j];  // multiply
      product[i][j] = cell;
      sum += cell;
    }
  }
  return sum;
}

__attribute__((noinline)) static int numbers_in(const char* text) {
  enum { kStart, kNumber, kFraction, kOther } state = kStart;
  int numbers = 0;
  for (; *text != 0; ++text) {  // scan
    const char c = *text;
    if (c == ',') {
      numbers += state == kNumber || state == kFraction;
      state = kStart;
    } else if (c >= '0' && c <= '9') {
      if (state == kStart) state = kNumber;
    } else {
      state = c == '.' && state == kNumber ? kFraction : kOther;
    }
  }
  return numbers;
}

__attribute__((noinline)) static uint16_t crc_of(uint32_t value, uint16_t crc) {
  for (int bit = 0; bit < 32; ++bit) {
    const uint32_t carry = (value ^ crc) & 1;
    value >>= 1;
    crc = (uint16_t)(crc >> 1) ^ (uint16_t)(carry * 0xA001);  // crc
  }
  return crc;
}

int main(void) {
  static char text[2000];
  uint16_t crc = 0xffff;
  for (int i = 0; i < kNodes; ++i) {
    nodes[i].value = i * 7919 % kNodes;
    nodes[i].next = i + 1 < kNodes ? &nodes[i + 1] : NULL;
  }
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) {
      a[i][j] = (int16_t)((i * 31 + j) % 101);
      b[i][j] = (int16_t)((j * 17 + i) % 103);
    }
  }
  for (int i = 0; i < (int)sizeof(text) - 1; ++i) text[i] = "0123456789.,ab,7"[(i * i + i / 7) % 16];
  struct Node* list = nodes;
  for (int turn = 0; turn < kTurns; ++turn) {
    list = turned_round(list);
    crc = crc_of((uint32_t)place_of(list, turn), crc);
    crc = crc_of((uint32_t)multiplied(), crc);
    crc = crc_of((uint32_t)numbers_in(text), crc);
  }
  printf("%04x\n", crc);
  return 0;
}
