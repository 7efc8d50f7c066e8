// A register machine's bytecode, each operation jumping to the next through a table: indirect branches that
// only the path before them tells apart, and some that the data decides.
#include "support/benchmark.h"

enum code { ADD, SUB, MUL, XOR, ROTATE, LOAD, STORE, MOVE, SKIP_ODD, SKIP_LESS, CALL, RETURN, HALT };
enum { LENGTH = 256, ROUTINE = 16, REGISTERS = 16, MEMORY = 64 };

struct instruction {
  unsigned char code, to, a, b;
};
static struct instruction program[LENGTH + 1 + ROUTINE];
static uint64_t registers[REGISTERS], memory[MEMORY];

static KERNEL void interpret(void) {
  static const void* const kinds[] = {&&add,  &&sub,      &&mul,       &&xor_, &&rotate, &&load, &&store,
                                      &&move, &&skip_odd, &&skip_less, &&call, &&ret,    &&halt};
  const struct instruction *at = program, *back = program;
  uint64_t* const x = registers;
#define NEXT               \
  do {                     \
    at++;                  \
    goto* kinds[at->code]; \
  } while (0)
  goto* kinds[at->code];
add:
  x[at->to] = x[at->a] + x[at->b];
  NEXT;
sub:
  x[at->to] = x[at->a] - x[at->b];
  NEXT;
mul:
  x[at->to] = x[at->a] * (x[at->b] | 1);
  NEXT;
xor_:
  x[at->to] = x[at->a] ^ x[at->b];
  NEXT;
rotate:
  x[at->to] = x[at->a] << (at->b + 1) | x[at->a] >> (63 - at->b);
  NEXT;
load:
  x[at->to] = memory[x[at->a] % MEMORY];
  NEXT;
store:
  memory[x[at->a] % MEMORY] = x[at->b];
  NEXT;
move:
  x[at->to] = x[at->a];
  NEXT;
skip_odd:
  at += x[at->a] & 1;
  NEXT;
skip_less:
  at += x[at->a] < x[at->b];
  NEXT;
call:
  back = at;
  at = program + LENGTH;
  NEXT;
ret:
  at = back;
  NEXT;
halt:
  return;
#undef NEXT
}

// No calls in the routine, and no skip over its end.
static void fill(struct instruction* first, int count, unsigned kinds, uint64_t* state) {
  for (int i = 0; i < count; i++) {
    const uint64_t random = next_random(state) >> 16;
    first[i] = (struct instruction){(unsigned char)((random & 0xffff) % kinds), (random >> 16) % REGISTERS,
                                    (random >> 24) % REGISTERS, (random >> 32) % REGISTERS};
  }
  first[count - 1].code = MOVE;
}

int main(int argc, char** argv) {
  uint64_t state = 1, sum = CHECKSUM_START;
  fill(program, LENGTH, CALL + 1, &state);
  program[LENGTH].code = HALT;
  fill(program + LENGTH + 1, ROUTINE - 1, MOVE + 1, &state);
  program[LENGTH + ROUTINE].code = RETURN;
  for (int i = 0; i < REGISTERS; i++) registers[i] = next_random(&state);
  for (long r = repetitions(argc, argv); r > 0; r--) {
    registers[0] = (uint64_t)r;
    interpret();
  }
  for (int i = 0; i < REGISTERS; i++) sum = fold(sum, registers[i]);
  for (int i = 0; i < MEMORY; i++) sum = fold(sum, memory[i]);
  return print_checksum(sum);
}
