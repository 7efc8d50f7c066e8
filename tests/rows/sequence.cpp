#include "tests/rows/sequence.h"

#include <algorithm>
#include <string_view>

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

// Only units of this file write these: an index, a base, and the base again.
constexpr unsigned kIndex = 26;
constexpr unsigned kCopy = 27;
constexpr unsigned kBase = 28;
constexpr unsigned kFreeRegisters = 26;

// Words that belong together: no branch leads into their middle.
struct Unit {
  std::array<std::uint32_t, 6> words{};
  unsigned count = 0;
  // The word that leads to a later unit: a direct branch, or an adr before an indirect one.
  int leading = -1;

  void add(std::uint32_t word) { words[count++] = word; }
};

bool is_pinned(unsigned reg) { return reg == kIndex || reg == kCopy || reg == kBase || reg == insts::kSp; }

// What a random word of a sequence may be: no outcome that belongs to the environment, or differs on purpose.
bool is_plain(Op op) {
  if (is_system(op) || is_pauth(op) || insts::traits_of(op).authenticated) return false;
  switch (insts::timing_class_of(op)) {
    case TimingClass::kStoreExclusive:
    case TimingClass::kSysRead:
    case TimingClass::kSysWrite:
    case TimingClass::kCacheOp:
      return false;
    default:
      break;
  }
  return insts::flow_of(op) == Flow::kNone && op != Op::kFCVTZS_h_fix && op != Op::kMSR_imm;
}

bool keeps_pinned(const Inst& inst) {
  const insts::Operands operands = insts::operands_of(inst);
  auto written = operands.written();
  if (operands.writes_base) written = written.first(written.size() - 1);
  return std::none_of(written.begin(), written.end(), is_pinned);
}

std::uint32_t move(unsigned d, unsigned n) {
  return 0x91000000U | n << 5U | d;
}  // add d, n, #0: either may be sp

// Whether the access stays in the window, with sp, base and copy at its middle and a small index.
bool stays_inside(const Encoding& row, const Inst& inst) {
  if (!is_predictable_access(inst)) return false;
  if (inst.rn != kBase && inst.rn != 31) return false;
  if (row.imm == Imm::kMemReg) return inst.rm == kIndex;
  if (!has_memory_offset(row)) return true;
  constexpr std::int64_t kReach = kWindowBytes / 2 - 64;
  const bool near = inst.imm >= -kReach && inst.imm <= kReach;
  const auto bytes = static_cast<std::int64_t>(insts::operands_of(inst).memory.bytes());
  return near && (!must_be_aligned(insts::timing_class_of(inst.op)) || inst.imm % bytes == 0);
}

// False: draw again.
bool add_access(Op op, Random& random, unsigned turn, Unit& unit) {
  const Encoding& row = insts::encoding_of(op);
  if (row.imm == Imm::kBranch19) return false;  // literals: where they lie is known only at the end
  const int base = one_in(random, 4) ? 31 : static_cast<int>(kBase);
  Fields fields = {.n = base};
  if (row.imm == Imm::kMemReg) fields.m = kIndex;
  for (unsigned tries = 0; tries < 400; ++tries) {
    const auto word = draw_word(op, random, turn, fields);
    if (!word) continue;
    const Inst inst = insts::decode(*word);
    if (!stays_inside(row, inst) || !keeps_pinned(inst)) continue;
    unit.add(*word);
    if (insts::operands_of(inst).writes_base) unit.add(move(static_cast<unsigned>(base), kCopy));
    return true;
  }
  return false;
}

bool add_plain(Random& random, Unit& unit) {
  const Op op = static_cast<Op>(below(random, insts::kOpCount));
  if (!is_plain(op)) return false;
  const unsigned turn = below(random, 8);
  if (insts::encoding_of(op).memory.kind != insts::Access::kNone) return add_access(op, random, turn, unit);
  const auto word = draw_word(op, random, turn);
  if (!word || !keeps_pinned(insts::decode(*word))) return false;
  unit.add(*word);
  return true;
}

// Arithmetic and comparisons on general registers, which random rows (most of them SIMD) seldom are.
bool add_common(Random& random, Unit& unit) {
  constexpr std::array kCommon = {
      Op::kADD_imm,    Op::kADDS_imm,   Op::kSUBS_imm,   Op::kANDS_imm,  Op::kADD_shift,
      Op::kADDS_shift, Op::kSUBS_shift, Op::kANDS_shift, Op::kCSEL,      Op::kCSINC,
      Op::kMOVZ,       Op::kMOVK,       Op::kUBFM,       Op::kMADD,      Op::kADCS,
      Op::kSBCS,       Op::kCCMP_imm,   Op::kCCMN_reg,   Op::kLDR_uimm,  Op::kSTR_uimm,
      Op::kLDP_off,    Op::kSTP_pre,    Op::kLDR_reg,    Op::kLDRB_post, Op::kORR_shift};
  const Op op = kCommon[below(random, kCommon.size())];
  if (insts::encoding_of(op).memory.kind != insts::Access::kNone)
    return add_access(op, random, below(random, 2), unit);
  const auto word = draw_word(op, random, below(random, 2));
  if (!word || !keeps_pinned(insts::decode(*word))) return false;
  unit.add(*word);
  return true;
}

unsigned free_register(Random& random) { return below(random, kFreeRegisters); }

// A compare, or none, and a branch on its outcome, or any other.
bool add_branch(Random& random, Unit& unit) {
  constexpr std::array kCompares = {Op::kSUBS_imm, Op::kADDS_imm, Op::kANDS_imm, Op::kSUBS_shift,
                                    Op::kANDS_shift};
  constexpr std::array kBranches = {Op::kB, Op::kBL, Op::kCBZ, Op::kCBNZ, Op::kTBZ, Op::kTBNZ};
  constexpr std::array kIndirect = {Op::kBR, Op::kBLR, Op::kRET};
  const auto kind = below(random, 4);
  if (kind == 0) {
    const unsigned target = free_register(random);
    unit.leading = static_cast<int>(unit.count);
    unit.add(0x10000000U | target);  // adr
    unit.add(need_word(kIndirect[below(random, 3)], random, 0, {.n = static_cast<int>(target)}));
    return true;
  }
  if (kind == 1) {
    unit.leading = static_cast<int>(unit.count);
    unit.add(need_word(kBranches[below(random, kBranches.size())], random, below(random, 2)));
    return true;
  }
  const auto compare = draw_word(kCompares[below(random, kCompares.size())], random, below(random, 2));
  if (!compare || !keeps_pinned(insts::decode(*compare))) return false;
  unit.add(*compare);
  unit.leading = static_cast<int>(unit.count);
  unit.add(need_word(Op::kB_cond, random, 0));
  return true;
}

// Load and store of the same size with nothing, or the closing of the monitor, between.
bool add_exclusive(Random& random, Unit& unit) {
  struct Pair {
    Op load;
    Op store;
  };
  constexpr std::array kPairs = {Pair{Op::kLDXRB, Op::kSTLXRB}, Pair{Op::kLDAXRH, Op::kSTXRH},
                                 Pair{Op::kLDXR, Op::kSTXR},    Pair{Op::kLDAXR, Op::kSTLXR},
                                 Pair{Op::kLDXP, Op::kSTXP},    Pair{Op::kLDAXP, Op::kSTLXP}};
  const Pair& pair = kPairs[below(random, kPairs.size())];
  const Fields base = {.n = kBase};
  const std::uint32_t load = need_word(pair.load, random, 0, base);
  const std::uint32_t store = need_word(pair.store, random, 0, base);
  const Inst first = insts::decode(load);
  const Inst second = insts::decode(store);
  const bool fits =
      first.wide() == second.wide() && is_predictable_access(first) && is_predictable_access(second);
  if (!fits || !keeps_pinned(first) || !keeps_pinned(second)) return false;
  unit.add(load);
  if (one_in(random, 8)) unit.add(need_word(Op::kCLREX, random, 0));
  unit.add(store);
  return true;
}

// A pointer is cut to an address, signed, and checked (or stripped).
bool add_signature(Random& random, Unit& unit) {
  const unsigned pointer = free_register(random);
  const unsigned modifier = (pointer + 1 + below(random, kFreeRegisters - 1)) % kFreeRegisters;
  const Fields fields = {.d = static_cast<int>(pointer), .n = static_cast<int>(modifier)};
  unit.add(0x9240B800U | pointer << 5U | pointer);  // and, with 2^47 - 1
  unit.add(need_word(Op::kPACDA, random, 0, fields));
  unit.add(need_word(one_in(random, 2) ? Op::kAUTDA : Op::kXPACD, random, 0, fields));
  return true;
}

// FPCR with another rounding mode, NZCV, or a read of what programs read.
bool add_system(Random& random, Unit& unit) {
  constexpr std::uint32_t kNzcv = 0x5A10U << 5U;
  constexpr std::uint32_t kFpcr = 0x5A20U << 5U;
  constexpr std::uint32_t kFpsr = 0x5A21U << 5U;
  constexpr std::uint32_t kMsr = 0xD5100000;
  constexpr std::uint32_t kMrs = 0xD5300000;
  constexpr std::array kRead = {kNzcv, kFpcr, kFpsr};
  const unsigned reg = free_register(random);
  switch (below(random, 3)) {
    case 0:
      unit.add(0xD2A00000U | (random_fpcr(random) >> 16U) << 5U | reg);  // mov reg, #fpcr
      unit.add(kMsr | kFpcr | reg);
      return true;
    case 1:
      unit.add(kMsr | kNzcv | reg);
      return true;
    default:
      unit.add(kMrs | kRead[below(random, 3)] | reg);
      return true;
  }
}

Unit draw_unit(Random& random) {
  for (;;) {
    Unit unit;
    const unsigned kind = below(random, 32);
    const bool drawn = kind < 14   ? add_plain(random, unit)
                       : kind < 23 ? add_common(random, unit)
                       : kind < 29 ? add_branch(random, unit)
                       : kind < 30 ? add_exclusive(random, unit)
                       : kind < 31 ? add_signature(random, unit)
                                   : add_system(random, unit);
    if (drawn) return unit;
  }
}

// Where the units begin, the end of the last included, tells where branches may lead.
void aim(Case& test, const std::vector<Unit>& units, Random& random) {
  std::vector<unsigned> begins = {0};
  for (const Unit& unit : units) begins.push_back(begins.back() + unit.count);
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (units[i].leading < 0) continue;
    const std::size_t target = std::min(i + 1 + below(random, 6), units.size());
    const unsigned at = begins[i] + static_cast<unsigned>(units[i].leading);
    std::uint32_t& word = test.before.code[at];
    const std::int64_t offset = 4 * (std::int64_t{begins[target]} - std::int64_t{at});
    const Encoding& row = insts::encoding_of(insts::decode(word).op);
    word = row.imm == Imm::kAdr ? word | static_cast<std::uint32_t>(offset / 4) << 5U
                                : with_offset(word, row, offset);
  }
}

}  // namespace

Case draw_sequence(Random& random) {
  Case test;
  test.words = 0;
  randomize(random, test.before);
  test.before.sp = test.before.x[kBase] = test.before.x[kCopy] = kMiddle;
  test.before.x[kIndex] = below(random, 16);
  const unsigned length = 50 + below(random, 150);
  std::vector<Unit> units;
  while (test.words < length) {
    units.push_back(draw_unit(random));
    for (unsigned i = 0; i < units.back().count; ++i) test.before.code[test.words++] = units.back().words[i];
  }
  aim(test, units, random);
  return test;
}

}  // namespace m2sim::rows
