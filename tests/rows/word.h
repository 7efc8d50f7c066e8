// Random legal words of a row of the encoding table.
#pragma once

#include <optional>

#include "insts/encoding.h"
#include "insts/inst.h"
#include "tests/rows/random_values.h"
#include "tests/rows/sample.h"

namespace m2sim::rows {

// Register fields that are wanted; -1: any.
struct Fields {
  int d = -1;
  int n = -1;
  int m = -1;
  int a = -1;
};

// `turn` counts the words drawn of this row: its sizes and widths (the letters y and z) take turns. Nothing
// when the word drawn is of another row or reserved.
std::optional<std::uint32_t> draw_word(insts::Op op, Random& random, unsigned turn,
                                       const Fields& fields = {});
// The same until a word is legal.
std::uint32_t need_word(insts::Op op, Random& random, unsigned turn, const Fields& fields = {});

// The word with the lowest letter of its immediate on: what its immediate field holds is replaced.
std::uint32_t with_offset(std::uint32_t word, const insts::Encoding& row, std::int64_t bytes);

// A word that the row's fixed bits match but the manual reserves; nothing where none was found.
std::optional<std::uint32_t> draw_reserved(insts::Op op, Random& random);

}  // namespace m2sim::rows
