// Shapes of SIMD operations whose elements change width. T is always the narrow element; kSecond says
// that the narrow operands (or results) are the upper halves of their registers.
#pragma once

#include <cstdint>

#include "emu/exec/simd_map.h"

namespace m2sim::emu {

// Narrow elements of one register's half.
template <class T>
inline constexpr unsigned kHalfLanes = 8 / sizeof(T);

template <class T, bool kSecond>
inline constexpr unsigned kFirstLane = kSecond ? kHalfLanes<T> : 0;

// A first half clears the rest of the register, a second half keeps it.
template <class T, bool kSecond>
LaneArray<T> narrow_destination(const Uop& u, const CpuState& c) {
  if constexpr (kSecond) {
    return lanes_of<T>(c.v[u.rd]);
  } else {
    return {};
  }
}

// narrow d[i] = f(wide n[i])
template <auto kF>
struct Narrowing {
  template <bool kSecond>
  struct Half {
    template <class T>
    static constexpr auto body = [](const Uop& u, CpuState& c) {
      const auto n = lanes_of<Wide<T>>(c.v[u.rn]);
      auto out = narrow_destination<T, kSecond>(u, c);
      bool saturated = false;
      for (unsigned i = 0; i < kHalfLanes<T>; ++i) {
        out[kFirstLane<T, kSecond> + i] = static_cast<T>(apply_element<kF, Wide<T>>(saturated, n[i]));
      }
      c.v[u.rd] = vec_of<T>(out);
      if constexpr (kSaturates<kF, Wide<T>>) note_saturation(c, saturated);
    };
  };
};
template <auto kF>
struct ScalarNarrowing {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    bool saturated = false;
    c.v[u.rd].set_scalar(static_cast<T>(apply_element<kF, Wide<T>>(saturated, c.v[u.rn].get<Wide<T>>(0))));
    note_saturation(c, saturated);
  };
};

// narrow d[i] = f(wide n[i], wide m[i])
template <auto kF>
struct NarrowingBinary {
  template <bool kSecond>
  struct Half {
    template <class T>
    static constexpr auto body = [](const Uop& u, CpuState& c) {
      const auto n = lanes_of<Wide<T>>(c.v[u.rn]);
      const auto m = lanes_of<Wide<T>>(c.v[u.rm]);
      auto out = narrow_destination<T, kSecond>(u, c);
      for (unsigned i = 0; i < kHalfLanes<T>; ++i) out[kFirstLane<T, kSecond> + i] = kF(n[i], m[i]);
      c.v[u.rd] = vec_of<T>(out);
    };
  };
};

// wide d[i] = f(narrow n[i], narrow m[i])
template <auto kF, class M = WholeM>
struct WideningBinary {
  template <bool kSecond>
  struct Half {
    template <class T>
    static constexpr auto body = [](const Uop& u, CpuState& c) {
      constexpr unsigned kFirst = kFirstLane<T, kSecond>;
      const auto n = lanes_of<T>(c.v[u.rn]);
      const auto m = M::template lanes<T>(u, c);
      LaneArray<Wide<T>> out{};
      bool saturated = false;
      for (unsigned i = 0; i < kHalfLanes<T>; ++i) {
        out[i] = apply_element<kF, T, T>(saturated, n[kFirst + i], m[kFirst + i]);
      }
      c.v[u.rd] = vec_of<Wide<T>>(out);
      if constexpr (kSaturates<kF, T, T>) note_saturation(c, saturated);
    };
  };
};
template <auto kF, class M = WholeM>
struct ScalarWideningBinary {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    bool saturated = false;
    c.v[u.rd].set_scalar(
        apply_element<kF, T, T>(saturated, c.v[u.rn].get<T>(0), M::template scalar<T>(u, c)));
    note_saturation(c, saturated);
  };
};

// wide d[i] = f(wide d[i], narrow n[i], narrow m[i])
template <auto kF, class M = WholeM>
struct WideningTernary {
  template <bool kSecond>
  struct Half {
    template <class T>
    static constexpr auto body = [](const Uop& u, CpuState& c) {
      constexpr unsigned kFirst = kFirstLane<T, kSecond>;
      const auto d = lanes_of<Wide<T>>(c.v[u.rd]);
      const auto n = lanes_of<T>(c.v[u.rn]);
      const auto m = M::template lanes<T>(u, c);
      LaneArray<Wide<T>> out{};
      bool saturated = false;
      for (unsigned i = 0; i < kHalfLanes<T>; ++i) {
        out[i] = apply_element<kF, Wide<T>, T, T>(saturated, d[i], n[kFirst + i], m[kFirst + i]);
      }
      c.v[u.rd] = vec_of<Wide<T>>(out);
      if constexpr (kSaturates<kF, Wide<T>, T, T>) note_saturation(c, saturated);
    };
  };
};
template <auto kF, class M = WholeM>
struct ScalarWideningTernary {
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    bool saturated = false;
    const auto d = c.v[u.rd].get<Wide<T>>(0);
    const T m = M::template scalar<T>(u, c);
    c.v[u.rd].set_scalar(apply_element<kF, Wide<T>, T, T>(saturated, d, c.v[u.rn].get<T>(0), m));
    note_saturation(c, saturated);
  };
};

// wide d[i] = f(wide n[i], narrow m[i])
template <auto kF>
struct WideBinary {
  template <bool kSecond>
  struct Half {
    template <class T>
    static constexpr auto body = [](const Uop& u, CpuState& c) {
      const auto n = lanes_of<Wide<T>>(c.v[u.rn]);
      const auto m = lanes_of<T>(c.v[u.rm]);
      LaneArray<Wide<T>> out{};
      for (unsigned i = 0; i < kHalfLanes<T>; ++i) out[i] = kF(n[i], m[kFirstLane<T, kSecond> + i]);
      c.v[u.rd] = vec_of<Wide<T>>(out);
    };
  };
};

// wide d[i] = f(narrow n[i])
template <auto kF>
struct WideningUnary {
  template <bool kSecond>
  struct Half {
    template <class T>
    static constexpr auto body = [](const Uop& u, CpuState& c) {
      const auto n = lanes_of<T>(c.v[u.rn]);
      LaneArray<Wide<T>> out{};
      for (unsigned i = 0; i < kHalfLanes<T>; ++i) out[i] = kF(n[kFirstLane<T, kSecond> + i]);
      c.v[u.rd] = vec_of<Wide<T>>(out);
    };
  };
};

}  // namespace m2sim::emu
