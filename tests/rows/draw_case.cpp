#include "tests/rows/draw_case.h"

#include "insts/decode.h"
#include "insts/encoding.h"
#include "insts/operands.h"
#include "tests/rows/pauth_cases.h"
#include "tests/rows/place.h"
#include "tests/rows/random_state.h"
#include "tests/rows/system_cases.h"
#include "tests/rows/word.h"

namespace m2sim::rows {
namespace {

using insts::Encoding;
using insts::Flow;
using insts::Imm;
using insts::Inst;
using insts::Op;
using insts::TimingClass;

bool is_relative(Imm imm) {
  return imm == Imm::kBranch26 || imm == Imm::kBranch19 || imm == Imm::kBranch19Cond || imm == Imm::kTest14;
}

// Near targets are zero words behind and in front of the code, far ones mostly unmapped. What is never a
// target: the instruction itself, and the window, whose bytes would run.
bool place_target(const Encoding& row, Random& random, Case& test) {
  std::uint32_t& word = test.before.code[0];
  constexpr std::int64_t kNear = 0x4000;
  if (!one_in(random, 4))
    word = with_offset(word, row, static_cast<std::int64_t>(random() % (2 * kNear)) - kNear);
  const std::int64_t offset = insts::decode(word).imm;
  const std::uint64_t target = kCodeAddress + static_cast<std::uint64_t>(offset);
  const bool near = offset >= -kNear && offset < kNear;
  return offset != 0 && (near || target < kRegionBegin || target >= kRegionEnd);
}

bool place_literal(const Encoding& row, Random& random, Case& test) {
  std::uint32_t& word = test.before.code[0];
  constexpr std::uint64_t kDistance = kWindowAddress - kCodeAddress;
  if (!one_in(random, 4))
    word = with_offset(word, row, static_cast<std::int64_t>(kDistance + random() % (kWindowBytes - 16)));
  return true;
}

// A quarter of the targets is not mapped, or not a multiple of 4.
bool place_indirect(const Inst& inst, Random& random, Sample& sample) {
  std::uint64_t target = kCodeAddress + 4 + 4 * (random() % 1000);
  // Not both: the manual orders the two ("Synchronous exception prioritization"), and QEMU otherwise.
  if (one_in(random, 8)) {
    target += 1 + random() % 3;
  } else if (one_in(random, 8)) {
    target += kUnmapped;
  }
  if (inst.rn != 31) sample.x[inst.rn] = target;
  return true;
}

// A quiet system call: one that changes nothing, or none at all.
void place_system_call(Random& random, Sample& sample) {
  constexpr std::array<std::uint64_t, 5> kCalls = {174, 175, 176, 177, 1000};
  sample.x[8] = kCalls[random() % kCalls.size()];
}

// QEMU takes this one as a call to its debugger's console.
constexpr std::int64_t kSemihosting = 0xF000;

bool place(const Encoding& row, const Inst& inst, Random& random, Case& test) {
  Sample& sample = test.before;
  if (inst.op == Op::kHLT && inst.imm == kSemihosting) return false;
  if (inst.op == Op::kSVC) place_system_call(random, sample);
  switch (insts::flow_of(inst.op)) {
    case Flow::kIndirect:
    case Flow::kIndirectCall:
    case Flow::kReturn:
      return place_indirect(inst, random, sample);
    default:
      break;
  }
  if (row.memory.kind != insts::Access::kNone) {
    return row.imm == Imm::kBranch19 ? place_literal(row, random, test)
                                     : place_access(row, inst, random, sample);
  }
  return !is_relative(row.imm) || place_target(row, random, test);
}

// The load-exclusive of the same size, which opens the monitor of a store-exclusive.
Op load_of(Op store) {
  switch (store) {
    case Op::kSTXRB:
    case Op::kSTLXRB:
      return Op::kLDXRB;
    case Op::kSTXRH:
    case Op::kSTLXRH:
      return Op::kLDAXRH;
    case Op::kSTXP:
      return Op::kLDAXP;
    case Op::kSTLXP:
      return Op::kLDXP;
    default:
      return Op::kLDXR;
  }
}

// Half of them with a load that opens the monitor; of these a quarter closes it again, or moves on.
bool open_monitor(const Inst& store, Random& random, Case& test) {
  if (one_in(random, 2)) return true;
  const std::uint32_t word = test.before.code[0];
  Inst load;
  do {
    test.before.code[0] = need_word(load_of(store.op), random, store.wide() ? 1 : 0, {.n = store.rn});
    load = insts::decode(test.before.code[0]);
  } while (load.wide() != store.wide() || load.rd == load.rn || load.rd == store.rm ||
           (load.ra == load.rn && load.op == load_of(Op::kSTXP)) || load.ra == load.rd ||
           (load.ra == load.rn && load.op == load_of(Op::kSTLXP)));
  unsigned next = 1;
  if (one_in(random, 8)) test.before.code[next++] = need_word(Op::kCLREX, random, 0);
  test.tested = next;
  test.before.code[next] = word;
  test.words = next + 1;
  return true;
}

std::optional<Case> draw_single(Op op, Random& random, unsigned turn) {
  Case test;
  test.op = op;
  const auto word = draw_word(op, random, turn);
  if (!word) return std::nullopt;
  test.before.code[0] = *word;
  const Inst inst = insts::decode(*word);
  randomize(random, test.before);
  if (!place(insts::encoding_of(op), inst, random, test)) return std::nullopt;
  if (insts::timing_class_of(op) == TimingClass::kStoreExclusive && !open_monitor(inst, random, test))
    return std::nullopt;
  return test;
}

}  // namespace

std::optional<Case> draw_case(Op op, Random& random, unsigned turn) {
  if (is_pauth(op)) return draw_pauth_case(op, random, turn);
  if (is_system(op)) return draw_system_case(op, random, turn);
  return draw_single(op, random, turn);
}

std::optional<Case> draw_reserved_case(Op op, Random& random) {
  const auto word = draw_reserved(op, random);
  if (!word) return std::nullopt;
  Case test;
  randomize(random, test.before);
  test.before.code[0] = *word;
  return test;
}

std::vector<Case> draw_privileged_cases(Random& random) {
  constexpr std::array<std::uint32_t, 4> kReturns = {0xD69F03E0, 0xD69F0BFF, 0xD69F0FFF,
                                                     0xD6BF03E0};  // eret, drps
  constexpr std::array<std::uint32_t, 5> kCalls = {0xD4000002, 0xD4000003, 0xD4A00001, 0xD4A00002,
                                                   0xD4A00003};  // hvc, smc, dcps
  constexpr std::uint32_t kImmediate = 0xFFFF << 5U;
  std::vector<Case> cases;
  const auto add = [&](std::uint32_t word) {
    randomize(random, cases.emplace_back().before);
    cases.back().before.code[0] = word;
  };
  for (const std::uint32_t word : kReturns) add(word);
  for (const std::uint32_t word : kCalls) add(word | (static_cast<std::uint32_t>(random()) & kImmediate));
  return cases;
}

}  // namespace m2sim::rows
