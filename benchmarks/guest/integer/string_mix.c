// The C library's string functions over a dictionary: lengths, copies, searches, comparisons, formats.
#include "support/benchmark.h"

enum { WORDS = 512, LONGEST = 40 };
static char words[WORDS][LONGEST + 1];
static char line[WORDS * (LONGEST + 1)];

static void make_words(void) {
  uint64_t state = 1;
  for (int i = 0; i < WORDS; i++) {
    int length = 1 + (int)(next_random(&state) >> 33) % LONGEST;
    for (int j = 0; j < length; j++) words[i][j] = (char)('a' + (next_random(&state) >> 33) % 26);
  }
}

static size_t join(void) {
  char* end = line;
  for (int i = 0; i < WORDS; i++) {
    size_t length = strlen(words[i]);
    memcpy(end, words[i], length);
    end[length] = i + 1 < WORDS ? ' ' : '\0';
    end += length + 1;
  }
  return strlen(line);
}

static uint64_t split_and_search(uint64_t sum) {
  for (char* at = line; at != NULL;) {
    char* space = strchr(at, ' ');
    size_t length = space != NULL ? (size_t)(space - at) : strlen(at);
    const char* z = memchr(at, 'z', length);
    sum = fold(sum, z != NULL ? (uint64_t)(z - at) : length);
    at = space != NULL ? space + 1 : NULL;
  }
  const char* found = strstr(line, words[WORDS - 1]);
  return fold(sum, found != NULL ? (uint64_t)(found - line) : 0);
}

static void reverse(char* word) {
  for (char* last = word + strlen(word) - 1; word < last; word++, last--) {
    char t = *word;
    *word = *last;
    *last = t;
  }
}

static int by_text(const void* a, const void* b) { return strcmp(a, b); }

static KERNEL uint64_t mix(uint64_t sum, long round) {
  char text[64];
  sum = fold(sum, join());
  sum = split_and_search(sum);
  qsort(words, WORDS, sizeof words[0], by_text);
  for (int i = 0; i < WORDS; i += 7) {
    int length = snprintf(text, sizeof text, "%ld:%d:%.20s:%x", round, i, words[i], i * 2654435);
    sum = fold(sum, (uint64_t)length);
    sum = fold(sum, (unsigned char)text[length / 2]);
  }
  for (int i = 0; i < WORDS; i++) reverse(words[i]);
  return sum;
}

int main(int argc, char** argv) {
  uint64_t sum = CHECKSUM_START;
  make_words();
  for (long r = repetitions(argc, argv); r > 0; r--) sum = mix(sum, r);
  return print_checksum(sum);
}
