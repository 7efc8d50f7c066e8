// Shapes of SIMD operations: how a function of elements becomes a body over registers.
//
// An element function is a captureless lambda on elements of one type, `[]<class T>(T a, T b) -> T`. One
// that saturates takes a last argument `bool& saturated`, which becomes FPSR.QC.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "emu/exec/simd.h"

namespace m2sim::emu {

inline constexpr std::uint32_t kFpsrQc = std::uint32_t{1} << 27U;

template <auto kF, class... Element>
inline constexpr bool kSaturates = std::is_invocable_v<decltype(kF), Element..., bool&>;

template <auto kF, class... Element>
auto apply_element(bool& saturated, Element... elements) {
  if constexpr (kSaturates<kF, Element...>) {
    return kF(elements..., saturated);
  } else {
    return kF(elements...);
  }
}

inline void note_saturation(CpuState& c, bool saturated) {
  if (saturated) c.fpsr |= kFpsrQc;
}

// Where the elements of the second operand come from: register m, or one lane of it (by element).
struct WholeM {
  template <class T>
  static LaneArray<T> lanes(const Uop& u, const CpuState& c) {
    return lanes_of<T>(c.v[u.rm]);
  }
  template <class T>
  static T scalar(const Uop& u, const CpuState& c) {
    return c.v[u.rm].get<T>(0);
  }
};
struct LaneOfM {
  template <class T>
  static LaneArray<T> lanes(const Uop& u, const CpuState& c) {
    LaneArray<T> all;
    all.fill(scalar<T>(u, c));
    return all;
  }
  template <class T>
  static T scalar(const Uop& u, const CpuState& c) {
    return c.v[u.rm].get<T>(static_cast<unsigned>(u.imm));
  }
};

// d[i] = f(n[i])
template <auto kF>
struct Unary {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    LaneArray<T> out{};
    bool saturated = false;
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i) out[i] = apply_element<kF, T>(saturated, n[i]);
    c.v[u.rd] = vec_of<T>(out);
    if constexpr (kSaturates<kF, T>) note_saturation(c, saturated);
  };
};
template <auto kF>
struct ScalarUnary {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    bool saturated = false;
    c.v[u.rd].set_scalar(apply_element<kF, T>(saturated, c.v[u.rn].get<T>(0)));
    if constexpr (kSaturates<kF, T>) note_saturation(c, saturated);
  };
};

// d[i] = f(n[i], m[i])
template <auto kF, class M = WholeM>
struct Binary {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    const auto m = M::template lanes<T>(u, c);
    LaneArray<T> out{};
    bool saturated = false;
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i)
      out[i] = apply_element<kF, T, T>(saturated, n[i], m[i]);
    c.v[u.rd] = vec_of<T>(out);
    if constexpr (kSaturates<kF, T, T>) note_saturation(c, saturated);
  };
};
template <auto kF, class M = WholeM>
struct ScalarBinary {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    bool saturated = false;
    c.v[u.rd].set_scalar(
        apply_element<kF, T, T>(saturated, c.v[u.rn].get<T>(0), M::template scalar<T>(u, c)));
    if constexpr (kSaturates<kF, T, T>) note_saturation(c, saturated);
  };
};

// d[i] = f(d[i], n[i])
template <auto kF>
struct Updating {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto d = lanes_of<T>(c.v[u.rd]);
    const auto n = lanes_of<T>(c.v[u.rn]);
    LaneArray<T> out{};
    bool saturated = false;
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i)
      out[i] = apply_element<kF, T, T>(saturated, d[i], n[i]);
    c.v[u.rd] = vec_of<T>(out);
    if constexpr (kSaturates<kF, T, T>) note_saturation(c, saturated);
  };
};
template <auto kF>
struct ScalarUpdating {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    bool saturated = false;
    c.v[u.rd].set_scalar(apply_element<kF, T, T>(saturated, c.v[u.rd].get<T>(0), c.v[u.rn].get<T>(0)));
    if constexpr (kSaturates<kF, T, T>) note_saturation(c, saturated);
  };
};

// d[i] = f(d[i], n[i], m[i])
template <auto kF, class M = WholeM>
struct Ternary {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto d = lanes_of<T>(c.v[u.rd]);
    const auto n = lanes_of<T>(c.v[u.rn]);
    const auto m = M::template lanes<T>(u, c);
    LaneArray<T> out{};
    bool saturated = false;
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i) {
      out[i] = apply_element<kF, T, T, T>(saturated, d[i], n[i], m[i]);
    }
    c.v[u.rd] = vec_of<T>(out);
    if constexpr (kSaturates<kF, T, T, T>) note_saturation(c, saturated);
  };
};
template <auto kF, class M = WholeM>
struct ScalarTernary {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    bool saturated = false;
    const T d = c.v[u.rd].get<T>(0);
    c.v[u.rd].set_scalar(
        apply_element<kF, T, T, T>(saturated, d, c.v[u.rn].get<T>(0), M::template scalar<T>(u, c)));
    if constexpr (kSaturates<kF, T, T, T>) note_saturation(c, saturated);
  };
};

// Neighbours of n, then neighbours of m: d = f(n[0], n[1]), f(n[2], n[3]), ..., f(m[0], m[1]), ...
template <auto kF>
struct Pairwise {
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    const auto m = lanes_of<T>(c.v[u.rm]);
    LaneArray<T> out{};
    constexpr unsigned kHalf = kActiveLanes<T, kQ> / 2;
    for (unsigned i = 0; i < kHalf; ++i) {
      out[i] = kF(n[2 * i], n[2 * i + 1]);
      out[kHalf + i] = kF(m[2 * i], m[2 * i + 1]);
    }
    c.v[u.rd] = vec_of<T>(out);
  };
};

// Wide enough for any sum, difference or shifted product of two elements.
template <class T>
using Exact = std::conditional_t<sizeof(T) == 8, __int128, std::int64_t>;

template <class T, class Value>
T saturate(Value value, bool& saturated) {
  constexpr auto kLow = static_cast<Value>(std::numeric_limits<T>::min());
  constexpr auto kHigh = static_cast<Value>(std::numeric_limits<T>::max());
  if (value < kLow || value > kHigh) {
    saturated = true;
    return value < kLow ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max();
  }
  return static_cast<T>(value);
}

template <class T>
inline constexpr unsigned kElementBits = 8 * sizeof(T);

// All ones or zero.
template <class T>
T mask_of(bool condition) {
  return condition ? static_cast<T>(~T{0}) : T{0};
}

// Modular arithmetic on unsigned elements: small ones would be promoted to int and overflow there.
template <class T>
T multiply(T a, T b) {
  using U = std::make_unsigned_t<std::conditional_t<(sizeof(T) < 4), std::uint32_t, T>>;
  return static_cast<T>(static_cast<U>(a) * static_cast<U>(b));
}

}  // namespace m2sim::emu
