#include "structures.h"

#include <stdbool.h>
#include <string.h>

#include "code_memory.h"
#include "sum.h"

#define STRUCTURE(name, unit, units, packed, words, bytes, layout, x, stride, checked, sum, data_sum) \
  {name, unit, units, packed, words, sum, {layout, x, stride, bytes, checked, data_sum}},
const struct structure structures[] = {
#include "structures.inc"
};
#undef STRUCTURE
const size_t structure_count = sizeof structures / sizeof structures[0];

static const uint32_t kPacked[] = {
#include "structure_words.inc"
};

extern const uint32_t m2sim_structure_entry[], m2sim_structure_exit[], m2sim_structure_end[];

enum {
  PAGE = 16384,
  FIRST_WORD = 0xb0,         // of a trial in its page (calibration/program.h)
  DATA_ALIGNMENT = 1 << 22,  // a trial's memory begins at 1 GiB: places in every cache and TLB are the same
  EVICTED_BYTES = 96 << 20,  // more than L2 and system cache of any of these
  COUNTER = 19,
};
static const uint64_t kTrialMemory = 0x40000000;
static const uint64_t kForever = UINT64_C(1) << 40;

// --- Words. The displacement of a branch is in instructions.
static uint32_t subtract_one(uint32_t reg) { return 0xd1000400U | reg << 5 | reg; }
static uint32_t jump(int64_t by) { return 0x14000000U | ((uint32_t)by & 0x3ffffff); }
static uint32_t jump_if_not_zero(uint32_t reg, int64_t by) {
  return 0xb5000000U | ((uint32_t)by & 0x7ffff) << 5 | reg;
}
static uint32_t jump_if_zero(uint32_t reg, int64_t by) {
  return 0xb4000000U | ((uint32_t)by & 0x7ffff) << 5 | reg;
}
static uint32_t load_literal(uint32_t reg, int64_t by) {
  return 0x58000000U | ((uint32_t)by & 0x7ffff) << 5 | reg;
}
static uint32_t move(uint32_t to, uint32_t from) { return 0xaa0003e0U | from << 16 | to; }
static const uint32_t kNop = 0xd503201f;

static bool is_jump(uint32_t word) { return (word & 0xfc000000) == 0x14000000; }
static int64_t jump_of(uint32_t word) { return (int64_t)((word & 0x3ffffff) ^ 0x2000000) - 0x2000000; }

static bool unpack(const struct structure* structure, uint32_t* words) {
  const uint32_t* packed = kPacked;
  for (const struct structure* before = structures; before != structure; before++)
    packed += before->packed_words;
  const uint32_t* const end = packed + structure->packed_words;
  uint64_t sum = SUM_START;
  size_t count = 0;
  while (packed < end) {
    const size_t length = packed[0], times = packed[1];
    packed += 2;
    if (count + length * times > structure->words) return false;
    for (size_t i = 0; i < length * times; i++) {
      words[count] = packed[i % length];
      sum = add_to_sum(sum, words[count++]);
    }
    packed += length;
  }
  return count == structure->words && sum == structure->sum;
}

// The trial's constants: addresses of its memory, and the number of passes of a loop that counts itself. Each
// is made by two words and stays two words, so that the loop stays where it is.
static void set_constants(uint32_t* words, size_t count, const struct structure* structure,
                          uint64_t* literals, unsigned char* memory) {
  for (size_t i = 0; i + 1 < count; i++) {
    const uint32_t low = words[i], high = words[i + 1], reg = low & 31;
    if ((low & 0xffe00000) != 0xd2800000 || (high & 0xff800000) != 0xf2800000 || (high & 31) != reg) continue;
    const uint64_t value = ((low >> 5) & 0xffff) | (uint64_t)((high >> 5) & 0xffff)
                                                       << (16 * ((high >> 21) & 3));
    if (value == kForever) {
      words[i] = move(reg, COUNTER);
      words[i + 1] = kNop;
    } else if (value - kTrialMemory < structure->memory.bytes) {
      *literals = (uint64_t)(uintptr_t)memory + (value - kTrialMemory);
      words[i] = load_literal(reg, (uint32_t*)literals - (words + i));
      words[i + 1] = kNop;
      literals++;
    }
  }
}

// The end of the loop: an only jump back, or none where the loop counts itself.
static size_t loop_end(const uint32_t* words, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (is_jump(words[i]) && jump_of(words[i]) <= 0) return i;
  return count;
}

// Counts passes in place of going on forever: one instruction more a pass, two where the way back is long.
static void count_passes(uint32_t* words, size_t end, size_t count, const uint32_t* leave) {
  if (end < count) {
    const int64_t back = jump_of(words[end]);
    words[end] = subtract_one(COUNTER);
    if (back > -(1 << 17)) {
      words[end + 1] = jump_if_not_zero(COUNTER, back - 1);
      end += 2;
    } else {
      words[end + 1] = jump_if_zero(COUNTER, 2);
      words[end + 2] = jump(back - 2);
      end += 3;
    }
  }
  words[end] = jump(leave - (words + end));
}

// A page with the way in and out and the constants, then the trial's words, as far behind the beginning of a
// page as in the trial.
const char* make_loop(const struct structure* structure, struct loop* loop) {
  const size_t bytes = PAGE + FIRST_WORD + 4 * (structure->words + 8);
  uint32_t* const code = code_memory(bytes, PAGE);
  loop->memory = data_memory(structure->memory.bytes, DATA_ALIGNMENT);
  if (code == NULL || loop->memory == NULL) return "the system gives no memory for it";
  const char* const wrong = fill_memory(&structure->memory, loop->memory);
  if (wrong != NULL) return wrong;
  const size_t entry_words = (size_t)(m2sim_structure_exit - m2sim_structure_entry);
  const size_t exit_words = (size_t)(m2sim_structure_end - m2sim_structure_exit);
  uint32_t* const words = code + (PAGE + FIRST_WORD) / 4;
  uint32_t* const leave = code + entry_words + 1;
  memcpy(code, m2sim_structure_entry, 4 * entry_words);
  code[entry_words] = jump(words - (code + entry_words));
  memcpy(leave, m2sim_structure_exit, 4 * exit_words);
  if (!unpack(structure, words)) return "its code is not the trial's";
  const size_t end = loop_end(words, structure->words);
  const size_t setup =
      end < structure->words ? (size_t)((int64_t)end + jump_of(words[end])) : structure->words;
  set_constants(words, setup, structure, (uint64_t*)(void*)(code + PAGE / 8), loop->memory);
  count_passes(words, end, structure->words, leave);
  finish_code(code, bytes);
  const uintptr_t start = (uintptr_t)code;
  memcpy(&loop->run, &start, sizeof start);
  return NULL;
}

void forget_lines(const struct structure* structure) {
  if (structure->memory.layout != TWO_CHAINS && structure->memory.layout != LANES) return;
  static volatile unsigned char* other;
  if (other == NULL) other = data_memory(EVICTED_BYTES, PAGE);
  for (size_t i = 0; other != NULL && i < EVICTED_BYTES; i += 64) other[i] = 1;
}
