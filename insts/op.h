// The identity of an A64 encoding: one enumerator a row of encodings.inc.
#pragma once

#include <cstddef>
#include <cstdint>

namespace m2sim::insts {

// Enumerators are the first column of encodings.inc with a k in front, in table order.
enum class Op : std::uint16_t {
#define A64(op, ...) k##op,
#include "insts/encodings.inc"
#undef A64
  kUndefined,  // no row matches the word
};

inline constexpr std::size_t kOpCount = static_cast<std::size_t>(Op::kUndefined);

}  // namespace m2sim::insts
