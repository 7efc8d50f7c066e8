// What the SIMD and floating-point bodies share: lanes of a register, and rows made by element size.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "emu/cpu/cpu_state.h"
#include "emu/cpu/lanes.h"
#include "emu/engine/handler.h"
#include "insts/op_name.h"

namespace m2sim::emu {

template <class T>
inline constexpr unsigned kLanes = 16 / sizeof(T);

template <class T>
using LaneArray = std::array<T, kLanes<T>>;

template <class T>
LaneArray<T> lanes_of(const Vec& v) {
  return std::bit_cast<LaneArray<T>>(v);
}
template <class T>
Vec vec_of(const LaneArray<T>& lanes) {
  return std::bit_cast<Vec>(lanes);
}

// Lanes of a form: half of them where the row's Q is 0; the rest of the register becomes zero.
template <class T, bool kQ>
inline constexpr unsigned kActiveLanes = kLanes<T> / (kQ ? 1 : 2);

// Twice and half as wide, keeping the sign.
template <class T>
struct Widening;
template <>
struct Widening<std::uint8_t> {
  using Wide = std::uint16_t;
};
template <>
struct Widening<std::uint16_t> {
  using Wide = std::uint32_t;
};
template <>
struct Widening<std::uint32_t> {
  using Wide = std::uint64_t;
};
template <>
struct Widening<std::int8_t> {
  using Wide = std::int16_t;
};
template <>
struct Widening<std::int16_t> {
  using Wide = std::int32_t;
};
template <>
struct Widening<std::int32_t> {
  using Wide = std::int64_t;
};
template <class T>
using Wide = typename Widening<T>::Wide;

// An instruction with a fast half that may give up before it has changed anything (`kFast` returns whether
// it is done) and a slow half for all cases. The slow half is a handler of its own, reached by a tail call,
// so that the fast one needs no stack frame.
template <auto kSlow>
[[gnu::noinline]] const Uop* slow_handler(const Uop* uop, CpuState* cpu, std::int64_t budget,
                                          std::uint64_t* log, std::byte* memory) {
  kSlow(*uop, *cpu);
  return next(uop + 1, cpu, budget, log, memory);
}
template <auto kFast, auto kSlow>
const Uop* two_speed_handler(const Uop* uop, CpuState* cpu, std::int64_t budget, std::uint64_t* log,
                             std::byte* memory) {
  const Uop* const following = behind(uop);
  if (kFast(following[-1], *cpu)) [[likely]]
    return next(following, cpu, budget, log, memory);
  return slow_handler<kSlow>(following - 1, cpu, budget, log, memory);
}

// Shape::body<T...> does the whole instruction; where there is a Shape::fast<T...>, it is tried first.
template <class Shape, class T, bool... kQ>
consteval Handler handler_of() {
  if constexpr (requires { Shape::template fast<T, kQ...>; }) {
    return two_speed_handler<Shape::template fast<T, kQ...>, Shape::template body<T, kQ...>>;
  } else {
    return plain_handler<Shape::template body<T, kQ...>>;
  }
}

// The handler of a vector form of element type T whose row has Q as `z`; 64-bit elements exist with
// Q = 1 only, their rows have no `z`. Shape::body<T, kQ> is the body.
template <class Shape, class T>
Binding pick_vector(const insts::Inst& inst, bool /*log*/) {
  if constexpr (sizeof(T) == 8) {
    return {handler_of<Shape, T, true>()};
  } else {
    return {inst.wide() ? handler_of<Shape, T, true>() : handler_of<Shape, T, false>()};
  }
}
// The same where one body serves the row: scalar forms, and operations that are first- or second-half.
template <class Shape, class T>
Binding pick_single(const insts::Inst& /*inst*/, bool /*log*/) {
  return {handler_of<Shape, T>()};
}

using Adjust = void (*)(const insts::Inst& inst, Uop& uop);

// A shape may want operands precomputed, by element type.
template <class Shape, class T>
consteval Adjust adjust_of() {
  if constexpr (requires { Shape::template adjust<T>; }) {
    return Shape::template adjust<T>;
  } else {
    return nullptr;
  }
}

// The letter of an element size in the names of rows.
template <class T>
inline constexpr char kSizeLetter = sizeof(T) == 1   ? 'b'
                                    : sizeof(T) == 2 ? 'h'
                                    : sizeof(T) == 4 ? 's'
                                                     : 'd';

// Rows of one operation by element size: they follow each other in the encoding table from `first` on, one
// for each T, and their names say so.
template <class Shape, class First, class... T>
consteval auto vector_rows(insts::Op first) {
  unsigned i = 1;
  return std::array<Row, 1 + sizeof...(T)>{
      Row{first, pick_vector<Shape, First>, adjust_of<Shape, First>()},
      Row{insts::op_sized(first, kSizeLetter<First>, i++, kSizeLetter<T>), pick_vector<Shape, T>,
          adjust_of<Shape, T>()}...};
}
template <class Shape, class First, class... T>
consteval auto single_rows(insts::Op first) {
  unsigned i = 1;
  return std::array<Row, 1 + sizeof...(T)>{
      Row{first, pick_single<Shape, First>, adjust_of<Shape, First>()},
      Row{insts::op_sized(first, kSizeLetter<First>, i++, kSizeLetter<T>), pick_single<Shape, T>,
          adjust_of<Shape, T>()}...};
}
// For every T a row of the first-half operation (xtn, saddl) and one of the second-half (xtn2, saddl2):
// Shape is a template over whether it is the second.
template <template <bool> class Shape, class First, class... T>
consteval auto half_rows(insts::Op first) {
  std::array<Row, 2 + 2 * sizeof...(T)> rows{};
  unsigned i = 0;
  const auto add = [&]<class Element>() {
    const insts::Op lower = insts::op_sized(first, kSizeLetter<First>, i, kSizeLetter<Element>);
    rows[i] = {lower, pick_single<Shape<false>, Element>, adjust_of<Shape<false>, Element>()};
    rows[i + 1] = {insts::op_of_upper_half(lower), pick_single<Shape<true>, Element>,
                   adjust_of<Shape<true>, Element>()};
    i += 2;
  };
  add.template operator()<First>();
  (add.template operator()<T>(), ...);
  return rows;
}

template <std::size_t... kSizes>
consteval auto join_rows(const std::array<Row, kSizes>&... parts) {
  std::array<Row, (kSizes + ...)> all{};
  std::size_t at = 0;
  const auto append = [&](const auto& part) {
    for (const Row& row : part) all[at++] = row;
  };
  (append(parts), ...);
  return all;
}

}  // namespace m2sim::emu
