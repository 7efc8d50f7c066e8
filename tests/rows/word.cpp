#include "tests/rows/word.h"

#include <stdexcept>
#include <string>

#include "insts/decode.h"
#include "tests/rows/random_state.h"

namespace m2sim::rows {
namespace {

using insts::Encoding;
using insts::Op;

constexpr std::array<unsigned, 4> kFieldShifts = {0, 5, 16, 10};

void put(std::uint32_t& word, std::uint32_t mask, unsigned shift, std::uint64_t value) {
  word = (word & ~(mask << shift)) | ((static_cast<std::uint32_t>(value) & mask) << shift);
}

// Aliased registers and number 31 are rare among random words, and where mistakes are made.
void favour_edges(std::uint32_t& word, const Encoding& row, Random& random) {
  const unsigned first = below(random, 4);
  const unsigned second = below(random, 4);
  const std::uint32_t mask = row.reg_mask[first];
  switch (below(random, 8)) {
    case 0:
      put(word, mask, kFieldShifts[first], 31);
      break;
    case 1:
      put(word, mask, kFieldShifts[first], word >> kFieldShifts[second]);
      break;
    default:
      break;
  }
}

}  // namespace

std::optional<std::uint32_t> draw_word(Op op, Random& random, unsigned turn, const Fields& fields) {
  const Encoding& row = insts::encoding_of(op);
  auto word = static_cast<std::uint32_t>(random());
  favour_edges(word, row, random);
  // Where a combination is reserved, the others still come up.
  if (!one_in(random, 4)) {
    put(word, row.wide_mask, row.wide_shift, turn);
    put(word, row.size_mask, row.size_shift, turn >> 1U);
  }
  const std::array<int, 4> wanted = {fields.d, fields.n, fields.m, fields.a};
  for (unsigned i = 0; i < wanted.size(); ++i) {
    if (wanted[i] >= 0) put(word, row.reg_mask[i], kFieldShifts[i], static_cast<std::uint64_t>(wanted[i]));
  }
  word = (word & ~row.mask) | row.match;
  if (insts::decode(word).op != op) return std::nullopt;
  return word;
}

std::uint32_t need_word(Op op, Random& random, unsigned turn, const Fields& fields) {
  for (unsigned tries = 0; tries < 10000; ++tries) {
    if (const auto word = draw_word(op, random, turn, fields)) return *word;
  }
  throw std::runtime_error(std::string("no legal word found of row ") + insts::name_of(op));
}

std::uint32_t with_offset(std::uint32_t word, const Encoding& row, std::int64_t bytes) {
  const unsigned width = row.imm == insts::Imm::kBranch26 ? 26 : row.imm == insts::Imm::kTest14 ? 14 : 19;
  const unsigned shift = width == 26 ? 0 : 5;
  put(word, (1U << width) - 1, shift, static_cast<std::uint64_t>(bytes / 4));
  return word;
}

std::optional<std::uint32_t> draw_reserved(Op op, Random& random) {
  const Encoding& row = insts::encoding_of(op);
  for (unsigned tries = 0; tries < 64; ++tries) {
    const auto word = (static_cast<std::uint32_t>(random()) & ~row.mask) | row.match;
    if (insts::decode(word).op == Op::kUndefined) return word;
  }
  return std::nullopt;
}

}  // namespace m2sim::rows
