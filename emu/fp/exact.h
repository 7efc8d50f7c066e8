// Whether a result of the host's arithmetic, rounded to nearest, is the exact one.
//
// What rounding lost is itself a number that a few more operations find (error-free transformations: Dekker,
// "A floating-point technique for extending the available precision", 1971; Knuth, TAOCP volume 2, 4.2.2).
// The questions are for finite results, single numbers or vectors of them; a vector's answer is a mask of
// lanes. Yes is certain; no may also mean that the proof does not hold for these operands.
#pragma once

#include <type_traits>
#include <utility>

namespace m2sim::emu {

// Of a vector of the host the element, or the number itself.
template <class H>
struct ElementOf {
  using Type = std::remove_cvref_t<decltype(std::declval<H&>()[0])>;
};
template <>
struct ElementOf<float> {
  using Type = float;
};
template <>
struct ElementOf<double> {
  using Type = double;
};

// Answers are bool or masks.
template <class M>
M both(M a, M b) {
  if constexpr (std::is_same_v<M, bool>) {
    return a && b;
  } else {
    return a & b;
  }
}

// Large enough that the last bit of what rounding a product of this size lost is a denormal, not less.
template <class H>
auto keeps_residual(H product) {
  using Element = typename ElementOf<H>::Type;
  const H least = H{} + static_cast<Element>(sizeof(Element) == 4 ? 0x1p-101 : 0x1p-968);
  const H size = product < H{} ? -product : product;
  return size >= least;
}

// r = a + b
template <class H>
auto sum_is_exact(H a, H b, H r) {
  const H from_b = r - a;
  return (a - (r - from_b)) + (b - from_b) == H{};
}

// r = a * b with `residual` = a * b - r; r = a / b with `residual` = a - r * b and `product` = a. All rounded
// once.
template <class H>
auto residual_is_zero(H residual, H product) {
  return both(residual == H{}, keeps_residual(product));
}

// r = addend + a * b, rounded once; `product` = a * b and `residual` = a * b - product, each rounded.
template <class H>
auto muladd_is_exact(H addend, H product, H residual, H r) {
  const H sum = addend + product;
  return both(both(sum_is_exact(addend, product, sum), sum_is_exact(sum, residual, r)),
              keeps_residual(product));
}

}  // namespace m2sim::emu
