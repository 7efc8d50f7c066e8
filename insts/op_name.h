// Names of rows while compiling: code that binds neighbours in the table proves with them that they are the
// rows it means, so that a row put between them does not compile instead of binding others.
#pragma once

#include <array>
#include <stdexcept>
#include <string_view>

#include "insts/op.h"

namespace m2sim::insts {

// Indexed by Op, as in the table's first column.
inline constexpr std::array<std::string_view, kOpCount> kOpNames = {
#define A64(op, ...) std::string_view(#op),
#include "insts/encodings.inc"
#undef A64
};

constexpr std::string_view op_name(Op op) { return kOpNames[static_cast<std::size_t>(op)]; }

// Whether name is what pattern says with `*` standing for the whole of first and `?` for the letter behind
// first's first underscore: its size.
constexpr bool is_named(std::string_view name, std::string_view pattern, std::string_view first) {
  const std::string_view size = first.substr(first.find('_') + 1, 1);
  for (const char c : pattern) {
    const std::string_view part = c == '*' ? first : c == '?' ? size : std::string_view(&c, 1);
    if (!name.starts_with(part)) return false;
    name.remove_prefix(part.size());
  }
  return name.empty();
}

// The n-th row behind first, which has to have that name.
constexpr Op op_after(Op first, unsigned n, std::string_view pattern) {
  const auto op = static_cast<Op>(static_cast<unsigned>(first) + n);
  if (!is_named(op_name(op), pattern, op_name(first))) throw std::logic_error("another row stands there");
  return op;
}

// Whether two names differ in one letter, that of the size, or are the same where the size is.
constexpr bool differs_in_size(std::string_view name, char size, std::string_view first, char first_size) {
  if (name.size() != first.size()) return false;
  unsigned differences = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == first[i]) continue;
    if (i == 0 || name[i] != size || first[i] != first_size) return false;
    if (first[i - 1] != '_' && first[i - 1] != 'v') return false;
    ++differences;
  }
  return differences == (size == first_size ? 0 : 1);
}

// The n-th row behind first, which has to be the same operation on elements of another size.
constexpr Op op_sized(Op first, char first_size, unsigned n, char size) {
  const auto op = static_cast<Op>(static_cast<unsigned>(first) + n);
  if (!differs_in_size(op_name(op), size, op_name(first), first_size)) {
    throw std::logic_error("another row stands there");
  }
  return op;
}

// The row behind first, which has to be its operation on upper halves: XTN2_vb behind XTN_vb.
constexpr Op op_of_upper_half(Op first) {
  const std::string_view lower = op_name(first);
  const auto op = static_cast<Op>(static_cast<unsigned>(first) + 1);
  const std::string_view upper = op_name(op);
  const std::size_t end = lower.find('_');
  if (upper.size() != lower.size() + 1 || upper.substr(0, end) != lower.substr(0, end) || upper[end] != '2' ||
      upper.substr(end + 1) != lower.substr(end)) {
    throw std::logic_error("another row stands there");
  }
  return op;
}

}  // namespace m2sim::insts
