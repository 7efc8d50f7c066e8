#include "tests/rows/pauth_cases.h"

#include <string_view>

#include "insts/decode.h"
#include "insts/encoding.h"
#include "tests/rows/place.h"
#include "tests/rows/random_state.h"
#include "tests/rows/word.h"

namespace m2sim::rows {
namespace {

using insts::Op;

// What signs a pointer, what takes the signature off after a check, and what takes it off without.
struct Scheme {
  Op sign;
  Op check;
  Op strip;
};
// Pointer in rd, modifier in rn (or zero).
constexpr std::array kGeneral = {
    Scheme{Op::kPACIA, Op::kAUTIA, Op::kXPACI},   Scheme{Op::kPACIB, Op::kAUTIB, Op::kXPACI},
    Scheme{Op::kPACDA, Op::kAUTDA, Op::kXPACD},   Scheme{Op::kPACDB, Op::kAUTDB, Op::kXPACD},
    Scheme{Op::kPACIZA, Op::kAUTIZA, Op::kXPACI}, Scheme{Op::kPACIZB, Op::kAUTIZB, Op::kXPACI},
    Scheme{Op::kPACDZA, Op::kAUTDZA, Op::kXPACD}, Scheme{Op::kPACDZB, Op::kAUTDZB, Op::kXPACD},
};
// Hints: pointer in x30 (x17).
constexpr std::array kHints = {
    Scheme{Op::kPACIASP, Op::kAUTIASP, Op::kXPACLRI},   Scheme{Op::kPACIBSP, Op::kAUTIBSP, Op::kXPACLRI},
    Scheme{Op::kPACIAZ, Op::kAUTIAZ, Op::kXPACLRI},     Scheme{Op::kPACIBZ, Op::kAUTIBZ, Op::kXPACLRI},
    Scheme{Op::kPACIA1716, Op::kAUTIA1716, Op::kXPACI}, Scheme{Op::kPACIB1716, Op::kAUTIB1716, Op::kXPACI},
};
// Branches and loads, with what signs their pointer: modifier in rd, none, or fixed.
struct Use {
  Op use;
  Op sign;
};
constexpr std::array kBranches = {
    Use{Op::kBRAA, Op::kPACIA},    Use{Op::kBRAB, Op::kPACIB},    Use{Op::kBLRAA, Op::kPACIA},
    Use{Op::kBLRAB, Op::kPACIB},   Use{Op::kBRAAZ, Op::kPACIZA},  Use{Op::kBRABZ, Op::kPACIZB},
    Use{Op::kBLRAAZ, Op::kPACIZA}, Use{Op::kBLRABZ, Op::kPACIZB},
};
constexpr std::array kReturns = {Use{Op::kRETAA, Op::kPACIASP}, Use{Op::kRETAB, Op::kPACIBSP}};
constexpr std::array kLoads = {
    Use{Op::kLDRAA, Op::kPACDZA},
    Use{Op::kLDRAA_pre, Op::kPACDZA},
    Use{Op::kLDRAB, Op::kPACDZB},
    Use{Op::kLDRAB_pre, Op::kPACDZB},
};

template <class List>
const Use* use_in(const List& list, Op op) {
  for (const Use& use : list) {
    if (use.use == op) return &use;
  }
  return nullptr;
}

template <class List>
const Scheme* scheme_in(const List& list, Op op, Random& random) {
  std::array<const Scheme*, 8> found{};
  std::size_t count = 0;
  for (const Scheme& scheme : list) {
    if (scheme.sign == op || scheme.check == op || scheme.strip == op) found[count++] = &scheme;
  }
  return count == 0 ? nullptr : found[random() % count];
}

std::uint64_t random_pointer(Random& random) { return random() & 0x00007FFFFFFFFFFF; }

unsigned append(Case& test, std::uint32_t word) {
  test.before.code[test.words] = word;
  return test.words++;
}

void fill_general(const Scheme& scheme, Random& random, Case& test) {
  const int pointer = static_cast<int>(below(random, 31));
  const int modifier = static_cast<int>((static_cast<unsigned>(pointer) + 1 + below(random, 31)) % 32);
  const Fields fields = {.d = pointer, .n = modifier};
  append(test, need_word(scheme.sign, random, 0, fields));
  const bool strip = test.op == scheme.strip || (test.op == scheme.sign && one_in(random, 4));
  test.tested = append(test, need_word(strip ? scheme.strip : scheme.check, random, 0, fields));
  if (test.op == scheme.sign) test.tested = 0;
  test.before.x[static_cast<unsigned>(pointer)] = random_pointer(random);
}

void fill_hint(const Scheme& scheme, Random& random, Case& test) {
  append(test, need_word(scheme.sign, random, 0));
  const bool strip = test.op == scheme.strip;
  test.tested = append(test, need_word(strip ? scheme.strip : scheme.check, random, 0));
  if (test.op == scheme.sign) test.tested = 0;
  test.before.x[30] = random_pointer(random);
  test.before.x[17] = random_pointer(random);
}

// The word at the target takes the signature off again.
constexpr unsigned kTargetWord = 8;

void fill_branch(const Use& use, Random& random, Case& test) {
  const int pointer = static_cast<int>(below(random, 30));
  const int modifier = static_cast<int>((static_cast<unsigned>(pointer) + 1 + below(random, 31)) % 32);
  append(test, need_word(use.sign, random, 0, {.d = pointer, .n = modifier}));
  test.tested = append(test, need_word(use.use, random, 0, {.d = modifier, .n = pointer}));
  test.before.code[kTargetWord] = need_word(Op::kXPACI, random, 0, {.d = pointer});
  test.before.x[static_cast<unsigned>(pointer)] = kCodeAddress + 4 * kTargetWord;
}

void fill_return(const Use& use, Random& random, Case& test) {
  append(test, need_word(use.sign, random, 0));
  test.tested = append(test, need_word(use.use, random, 0));
  test.before.code[kTargetWord] = need_word(Op::kXPACLRI, random, 0);
  test.before.x[30] = kCodeAddress + 4 * kTargetWord;
}

void fill_load(const Use& use, Random& random, Case& test) {
  const unsigned base = below(random, 31);
  const unsigned data = (base + 1 + below(random, 31)) % 32;
  const int pointer = static_cast<int>(base);
  append(test, need_word(use.sign, random, 0, {.d = pointer}));
  test.tested = append(test, need_word(use.use, random, 0, {.d = static_cast<int>(data), .n = pointer}));
  append(test, need_word(Op::kXPACD, random, 0, {.d = pointer}));
  const std::int64_t offset = insts::decode(test.before.code[test.tested]).imm;
  test.before.x[base] = kMiddle - static_cast<std::uint64_t>(offset);
}

// Twice the same signature, or the half of it that is zero.
void fill_generic(Random& random, Case& test) {
  const unsigned first = below(random, 29);
  const unsigned second = first + 1;
  const int data = static_cast<int>(second + 1);
  const int modifier = static_cast<int>(first == 0 ? 31 : first - 1);
  append(test, need_word(Op::kPACGA, random, 0, {.d = static_cast<int>(first), .n = data, .m = modifier}));
  if (one_in(random, 2)) {
    append(test, 0x2A0003E0U | first << 16U | first);  // mov wFirst, wFirst
    return;
  }
  append(test, need_word(Op::kPACGA, random, 0, {.d = static_cast<int>(second), .n = data, .m = modifier}));
  append(test, 0xCA000000U | second << 16U | first << 5U | first);  // eor xFirst, xFirst, xSecond
  append(test, 0xD2800000U | second);                               // mov xSecond, #0
}

}  // namespace

bool is_pauth(Op op) {
  return insts::encoding_of(op).timing == insts::TimingClass::kPac || use_in(kBranches, op) != nullptr ||
         use_in(kReturns, op) != nullptr || use_in(kLoads, op) != nullptr;
}

std::optional<Case> draw_pauth_case(Op op, Random& random, unsigned /*turn*/) {
  Case test;
  test.op = op;
  test.words = 0;
  randomize(random, test.before);
  if (const Scheme* general = scheme_in(kGeneral, op, random)) {
    fill_general(*general, random, test);
  } else if (const Scheme* hint = scheme_in(kHints, op, random)) {
    fill_hint(*hint, random, test);
  } else if (const Use* branch = use_in(kBranches, op)) {
    fill_branch(*branch, random, test);
  } else if (const Use* back = use_in(kReturns, op)) {
    fill_return(*back, random, test);
  } else if (const Use* load = use_in(kLoads, op)) {
    fill_load(*load, random, test);
  } else if (op == Op::kPACGA) {
    fill_generic(random, test);
  } else {
    return std::nullopt;
  }
  return test;
}

}  // namespace m2sim::rows
