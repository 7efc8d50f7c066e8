// Element shifts: by a signed amount in a register (sshl and kin) and by an immediate, with rounding and
// saturation.
#pragma once

#include <cstdint>
#include <type_traits>

#include "emu/exec/simd_map.h"

namespace m2sim::emu {

// value >> amount for any amount from 1 on; beyond the element only sign bits are left.
template <class T>
T shift_right(T value, unsigned amount) {
  constexpr unsigned kBits = kElementBits<T>;
  if constexpr (std::is_signed_v<T>) {
    return static_cast<T>(value >> (amount < kBits ? amount : kBits - 1));
  } else {
    return amount < kBits ? static_cast<T>(value >> amount) : T{0};
  }
}

// Rounds to nearest, halves up: adds the last bit shifted out.
template <class T>
T rounding_shift_right(T value, unsigned amount) {
  const T last_bit = static_cast<T>(shift_right<T>(value, amount - 1) & 1);
  // Adding cannot overflow: a value shifted by at least 1 is at most half the range.
  return amount == 0 ? value : static_cast<T>(shift_right<T>(value, amount) + last_bit);
}

template <class T>
T shift_left(T value, unsigned amount) {
  using U = std::make_unsigned_t<T>;
  return amount < kElementBits<T> ? static_cast<T>(static_cast<U>(static_cast<U>(value) << amount)) : T{0};
}

template <class T>
T saturating_shift_left(T value, unsigned amount, bool& saturated) {
  if (value == 0) return 0;
  const T shifted = shift_left<T>(value, amount);
  if (amount < kElementBits<T> && static_cast<T>(shifted >> amount) == value) return shifted;
  saturated = true;
  return value < 0 ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max();
}

// A signed value shifted left into an unsigned element.
template <class T>
T saturating_shift_left_unsigned(T value, unsigned amount, bool& saturated) {
  using U = std::make_unsigned_t<T>;
  if (value < 0) {
    saturated = true;
    return 0;
  }
  return static_cast<T>(saturating_shift_left<U>(static_cast<U>(value), amount, saturated));
}

// The amount is the low byte of the other operand's element, signed; negative shifts right.
template <class T>
int signed_amount(T element) {
  return static_cast<std::int8_t>(static_cast<std::uint8_t>(element));
}

inline constexpr auto kShiftByRegister = []<class T>(T a, T b) -> T {
  const int amount = signed_amount(b);
  return amount >= 0 ? shift_left<T>(a, static_cast<unsigned>(amount))
                     : shift_right<T>(a, static_cast<unsigned>(-amount));
};
inline constexpr auto kRoundingShiftByRegister = []<class T>(T a, T b) -> T {
  const int amount = signed_amount(b);
  if (amount >= 0) return shift_left<T>(a, static_cast<unsigned>(amount));
  const auto right = static_cast<unsigned>(-amount);
  return right > kElementBits<T> ? T{0} : rounding_shift_right<T>(a, right);
};
inline constexpr auto kSaturatingShiftByRegister = []<class T>(T a, T b, bool& saturated) -> T {
  const int amount = signed_amount(b);
  return amount >= 0 ? saturating_shift_left<T>(a, static_cast<unsigned>(amount), saturated)
                     : shift_right<T>(a, static_cast<unsigned>(-amount));
};
inline constexpr auto kSaturatingRoundingShiftByRegister = []<class T>(T a, T b, bool& saturated) -> T {
  const int amount = signed_amount(b);
  if (amount >= 0) return saturating_shift_left<T>(a, static_cast<unsigned>(amount), saturated);
  const auto right = static_cast<unsigned>(-amount);
  return right > kElementBits<T> ? T{0} : rounding_shift_right<T>(a, right);
};

}  // namespace m2sim::emu
