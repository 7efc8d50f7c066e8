#include "insts/vector_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace m2sim::insts {
namespace {

// Only operations newer than what Capstone 4 prints. `q`: the 128-bit form.
struct Mixed {
  std::string_view prefix;  // of the row's name; the first that fits counts
  std::string_view d, n, m;
  std::string_view q_d, q_n, q_m;
  std::string_view element;
};

constexpr std::array<Mixed, 25> kMixed = {{
    {"FMLAL", "2s", "2h", "2h", "4s", "4h", "4h", "h"},
    {"FMLSL", "2s", "2h", "2h", "4s", "4h", "4h", "h"},
    {"SDOT", "2s", "8b", "8b", "4s", "16b", "16b", "4b"},
    {"UDOT", "2s", "8b", "8b", "4s", "16b", "16b", "4b"},
    {"USDOT", "2s", "8b", "8b", "4s", "16b", "16b", "4b"},
    {"SUDOT", "2s", "8b", "8b", "4s", "16b", "16b", "4b"},
    {"BFDOT", "2s", "4h", "4h", "4s", "8h", "8h", "2h"},
    {"SMMLA", "", "", "", "4s", "16b", "16b", ""},
    {"UMMLA", "", "", "", "4s", "16b", "16b", ""},
    {"USMMLA", "", "", "", "4s", "16b", "16b", ""},
    {"BFMMLA", "", "", "", "4s", "8h", "8h", ""},
    {"BFMLAL", "", "", "", "4s", "8h", "8h", "h"},
    {"BFCVTN2", "", "", "", "8h", "4s", "", ""},
    {"BFCVTN", "", "", "", "4h", "4s", "", ""},
    {"BFCVT", "", "", "", "h", "s", "", ""},
    {"FJCVTZS", "", "", "", "", "d", "", ""},
    {"SHA512H", "", "", "", "q", "q", "2d", ""},
    {"SHA512SU", "", "", "", "2d", "2d", "2d", ""},
    {"RAX1", "", "", "", "2d", "2d", "2d", ""},
    {"XAR", "", "", "", "2d", "2d", "2d", ""},
    {"EOR3", "", "", "", "16b", "16b", "16b", ""},
    {"BCAX", "", "", "", "16b", "16b", "16b", ""},
    {"FCMLA_v4h", "", "", "", "4h", "4h", "4h", "h"},
    {"FCMLA_v8h", "", "", "", "8h", "8h", "8h", "h"},
    {"FCMLA_v4s_elem", "", "", "", "4s", "4s", "4s", "s"},
}};

bool is_full(const Inst& inst) { return encoding_of(inst.op).wide_mask == 0 || inst.wide(); }

bool set_mixed(VectorShape& shape, const Inst& inst, std::string_view name) {
  for (const Mixed& mixed : kMixed) {
    if (!name.starts_with(mixed.prefix)) continue;
    const bool full = is_full(inst);
    shape.d = full ? mixed.q_d : mixed.d;
    shape.n = full ? mixed.q_n : mixed.n;
    shape.m = full ? mixed.q_m : mixed.m;
    shape.element = mixed.element;
    return true;
  }
  return false;
}

unsigned bytes_of(char letter) {
  constexpr std::string_view kLetters = "bhsdq";
  return 1U << kLetters.find(letter);
}

// Calls `visit` with each part of the name behind an underscore.
template <class Visit>
void for_each_suffix(std::string_view name, Visit visit) {
  for (std::size_t at = name.find('_'); at != std::string_view::npos; at = name.find('_', at + 1)) {
    visit(name.substr(at + 1, std::min(name.find('_', at + 1), name.size()) - at - 1));
  }
}

void set_element(VectorShape& shape, const Inst& inst, char letter, bool vector) {
  std::string arrangement(1, letter);
  if (vector) arrangement = fmt::format("{}{}", (is_full(inst) ? 16 : 8) / bytes_of(letter), letter);
  shape.d = shape.n = shape.m = arrangement;
  shape.element = letter;
}

// Where the registers differ by a rule: reductions to a scalar, pairwise forms, element moves.
void set_exceptions(VectorShape& shape, const Inst& inst, std::string_view name) {
  if (shape.element.size() != 1) return;
  const char letter = shape.element[0];
  const std::string_view mnemonic = encoding_of(inst.op).mnemonic;
  const bool reduces = mnemonic.ends_with("maxv") || mnemonic.ends_with("minv") || mnemonic.ends_with("nmv");
  const bool pairs = mnemonic.ends_with("addp") || mnemonic.ends_with("maxp") || mnemonic.ends_with("minp") ||
                     mnemonic.ends_with("nmp");
  if (reduces) shape.d = shape.element;
  if (pairs && shape.n.size() == 1) shape.n = fmt::format("2{}", letter);
  if (name.starts_with("INS_") && name.ends_with("_elem")) {
    const unsigned bytes = bytes_of(letter);
    shape.d = fmt::format("{}[{}]", letter, static_cast<unsigned>(inst.imm) / (2 * bytes));
    shape.n = fmt::format("{}[{}]", letter, inst.aux / bytes);
  }
  if (name.starts_with("DUP_")) (letter == 'd' ? shape.wide_general : shape.narrow_general) = true;
}

}  // namespace

VectorShape vector_shape(const Inst& inst) {
  VectorShape shape;
  const std::string_view name = name_of(inst.op);
  bool found = set_mixed(shape, inst, name);
  if (inst.op == Op::kFJCVTZS) shape.narrow_general = true;
  for_each_suffix(name, [&](std::string_view part) {
    if (part == "w") shape.narrow_general = true;
    if (part == "zero") shape.compares_zero = true;
    const bool vector = part.size() == 2 && part[0] == 'v';
    if (vector) part.remove_prefix(1);
    if (found || part.size() != 1 || std::string_view("bhsdq").find(part[0]) == std::string_view::npos)
      return;
    set_element(shape, inst, part[0], vector);
    found = true;
  });
  set_exceptions(shape, inst, name);
  return shape;
}

}  // namespace m2sim::insts
