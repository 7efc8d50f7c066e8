// A tokenizer over random text, a switch in a loop: taken branches and an indirect or a compare tree.
#include "support/benchmark.h"

enum { BYTES = 65536 };
enum state { SPACE, WORD, NUMBER, FRACTION, STRING, ESCAPE, COMMENT, STATES };
static char text[BYTES];
static uint64_t tokens[STATES];

static enum state start_of_token(char c) {
  if (c >= 'a' && c <= 'z') return WORD;
  if (c >= '0' && c <= '9') return NUMBER;
  if (c == '"') return STRING;
  if (c == '#') return COMMENT;
  return SPACE;
}

static enum state step(enum state state, char c) {
  switch (state) {
    case WORD:
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return WORD;
      break;
    case NUMBER:
      if (c >= '0' && c <= '9') return NUMBER;
      if (c == '.') return FRACTION;
      break;
    case FRACTION:
      if (c >= '0' && c <= '9') return FRACTION;
      break;
    case STRING:
      if (c == '\\') return ESCAPE;
      return c == '"' ? SPACE : STRING;
    case ESCAPE:
      return STRING;
    case COMMENT:
      return c == '\n' ? SPACE : COMMENT;
    default:
      break;
  }
  return start_of_token(c);
}

static KERNEL enum state scan(enum state state) {
  for (long i = 0; i < BYTES; i++) {
    enum state next = step(state, text[i]);
    tokens[next] += next != state;
    state = next;
  }
  return state;
}

int main(int argc, char** argv) {
  static const char alphabet[] = "etaoinsrhldcumfpgwybvkxjqz0123456789  \n\n\"\".#\\;";
  uint64_t random = 1, sum = CHECKSUM_START;
  for (long i = 0; i < BYTES; i++) {
    uint64_t pick = (next_random(&random) >> 32) * (sizeof alphabet - 1);
    text[i] = alphabet[pick >> 32];
  }
  enum state state = SPACE;
  for (long r = repetitions(argc, argv); r > 0; r--) state = scan(state);
  for (int i = 0; i < STATES; i++) sum = fold(sum, tokens[i]);
  return print_checksum(fold(sum, state));
}
