// Advanced SIMD shift by immediate, vector and scalar (integer).

#include <cstdint>

#include "emu/exec/simd_shift.h"
#include "emu/exec/simd_width.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::Op;

// immh:immb is element bits + n for a left shift by n, 2 * element bits - n for a right shift by n; the
// element is the narrow one where widths change.
template <class T>
void left_amount(const Inst& inst, Uop& uop) {
  uop.imm = static_cast<std::int32_t>(static_cast<unsigned>(inst.imm) - kElementBits<T>);
}
template <class T>
void right_amount(const Inst& inst, Uop& uop) {
  uop.imm = static_cast<std::int32_t>(2 * kElementBits<T> - static_cast<unsigned>(inst.imm));
}

// d[i] = f(d[i], n[i], amount)
template <auto kF, bool kLeft>
struct Shift {
  template <class T>
  static void adjust(const Inst& inst, Uop& uop) {
    kLeft ? left_amount<T>(inst, uop) : right_amount<T>(inst, uop);
  }
  template <class T, bool kQ>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto d = lanes_of<T>(c.v[u.rd]);
    const auto n = lanes_of<T>(c.v[u.rn]);
    LaneArray<T> out{};
    bool saturated = false;
    for (unsigned i = 0; i < kActiveLanes<T, kQ>; ++i) {
      out[i] = apply_element<kF, T, T, unsigned>(saturated, d[i], n[i], static_cast<unsigned>(u.imm));
    }
    c.v[u.rd] = vec_of<T>(out);
    if constexpr (kSaturates<kF, T, T, unsigned>) note_saturation(c, saturated);
  };
};
template <auto kF, bool kLeft>
struct ScalarShift {
  template <class T>
  static void adjust(const Inst& inst, Uop& uop) {
    kLeft ? left_amount<T>(inst, uop) : right_amount<T>(inst, uop);
  }
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    bool saturated = false;
    const T d = c.v[u.rd].get<T>(0);
    const T n = c.v[u.rn].get<T>(0);
    c.v[u.rd].set_scalar(apply_element<kF, T, T, unsigned>(saturated, d, n, static_cast<unsigned>(u.imm)));
    if constexpr (kSaturates<kF, T, T, unsigned>) note_saturation(c, saturated);
  };
};

constexpr auto kRight = []<class T>(T /*d*/, T n, unsigned amount) -> T { return shift_right<T>(n, amount); };
constexpr auto kRoundingRight = []<class T>(T /*d*/, T n, unsigned amount) -> T {
  return rounding_shift_right<T>(n, amount);
};
template <class T>
T wrapping_add(T a, T b) {
  using U = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<U>(a) + static_cast<U>(b));
}
constexpr auto kRightAdd = []<class T>(T d, T n, unsigned amount) -> T {
  return wrapping_add<T>(d, shift_right<T>(n, amount));
};
constexpr auto kRoundingRightAdd = []<class T>(T d, T n, unsigned amount) -> T {
  return wrapping_add<T>(d, rounding_shift_right<T>(n, amount));
};
constexpr auto kInsertRight = []<class T>(T d, T n, unsigned amount) -> T {
  const T kept = static_cast<T>(~shift_right<T>(static_cast<T>(~T{0}), amount));
  return static_cast<T>((d & kept) | shift_right<T>(n, amount));
};
constexpr auto kLeft = []<class T>(T /*d*/, T n, unsigned amount) -> T { return shift_left<T>(n, amount); };
constexpr auto kInsertLeft = []<class T>(T d, T n, unsigned amount) -> T {
  const T written = shift_left<T>(static_cast<T>(~T{0}), amount);
  return static_cast<T>((d & static_cast<T>(~written)) | shift_left<T>(n, amount));
};
constexpr auto kSaturatingLeft = []<class T>(T /*d*/, T n, unsigned amount, bool& saturated) -> T {
  return saturating_shift_left<T>(n, amount, saturated);
};
constexpr auto kSaturatingLeftUnsigned = []<class T>(T /*d*/, T n, unsigned amount, bool& saturated) -> T {
  return saturating_shift_left_unsigned<T>(n, amount, saturated);
};

// Right shifts of wide elements into narrow ones. Result: the narrow element, whose range saturates.
enum class Rounding : bool { kTruncate, kRound };

template <Rounding kRounding, class W>
W shifted_wide(W value, unsigned amount) {
  return kRounding == Rounding::kRound ? rounding_shift_right<W>(value, amount)
                                       : shift_right<W>(value, amount);
}

// kSource: the element read is signed; kResult: what it saturates to is signed. T gives the width only.
enum class Saturation : std::uint8_t { kNone, kSigned, kUnsigned, kSignedToUnsigned };

template <Rounding kRounding, Saturation kSaturation, class T>
T narrowed(Wide<std::make_unsigned_t<T>> bits, unsigned amount, bool& saturated) {
  using UnsignedWide = Wide<std::make_unsigned_t<T>>;
  using SignedWide = std::make_signed_t<UnsignedWide>;
  if constexpr (kSaturation == Saturation::kNone) {
    return static_cast<T>(shifted_wide<kRounding, UnsignedWide>(bits, amount));
  } else if constexpr (kSaturation == Saturation::kUnsigned) {
    return static_cast<T>(saturate<T>(shifted_wide<kRounding, UnsignedWide>(bits, amount), saturated));
  } else {
    using Limit = std::conditional_t<kSaturation == Saturation::kSigned, std::make_signed_t<T>, T>;
    const auto value = shifted_wide<kRounding, SignedWide>(static_cast<SignedWide>(bits), amount);
    return static_cast<T>(saturate<Limit>(value, saturated));
  }
}

template <Rounding kRounding, Saturation kSaturation>
struct ShiftNarrow {
  template <bool kSecond>
  struct Half {
    template <class T>
    static void adjust(const Inst& inst, Uop& uop) {
      right_amount<T>(inst, uop);
    }
    template <class T>
    static constexpr auto body = [](const Uop& u, CpuState& c) {
      const auto n = lanes_of<Wide<T>>(c.v[u.rn]);
      auto out = narrow_destination<T, kSecond>(u, c);
      bool saturated = false;
      for (unsigned i = 0; i < kHalfLanes<T>; ++i) {
        out[kFirstLane<T, kSecond> + i] =
            narrowed<kRounding, kSaturation, T>(n[i], static_cast<unsigned>(u.imm), saturated);
      }
      c.v[u.rd] = vec_of<T>(out);
      if constexpr (kSaturation != Saturation::kNone) note_saturation(c, saturated);
    };
  };
};
template <Rounding kRounding, Saturation kSaturation>
struct ScalarShiftNarrow {
  template <class T>
  static void adjust(const Inst& inst, Uop& uop) {
    right_amount<T>(inst, uop);
  }
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    bool saturated = false;
    const auto n = c.v[u.rn].get<Wide<T>>(0);
    c.v[u.rd].set_scalar(narrowed<kRounding, kSaturation, T>(n, static_cast<unsigned>(u.imm), saturated));
    note_saturation(c, saturated);
  };
};

template <bool kSecond>
struct ShiftLong {
  template <class T>
  static void adjust(const Inst& inst, Uop& uop) {
    left_amount<T>(inst, uop);
  }
  template <class T>
  static constexpr auto body = [](const Uop& u, CpuState& c) {
    const auto n = lanes_of<T>(c.v[u.rn]);
    LaneArray<Wide<T>> out{};
    for (unsigned i = 0; i < kHalfLanes<T>; ++i) {
      out[i] = shift_left<Wide<T>>(Wide<T>{n[kFirstLane<T, kSecond> + i]}, static_cast<unsigned>(u.imm));
    }
    c.v[u.rd] = vec_of<Wide<T>>(out);
  };
};

using enum Rounding;
template <bool kSecond>
using Shrn = ShiftNarrow<kTruncate, Saturation::kNone>::Half<kSecond>;
template <bool kSecond>
using Rshrn = ShiftNarrow<kRound, Saturation::kNone>::Half<kSecond>;
template <bool kSecond>
using Sqshrn = ShiftNarrow<kTruncate, Saturation::kSigned>::Half<kSecond>;
template <bool kSecond>
using Sqrshrn = ShiftNarrow<kRound, Saturation::kSigned>::Half<kSecond>;
template <bool kSecond>
using Uqshrn = ShiftNarrow<kTruncate, Saturation::kUnsigned>::Half<kSecond>;
template <bool kSecond>
using Uqrshrn = ShiftNarrow<kRound, Saturation::kUnsigned>::Half<kSecond>;
template <bool kSecond>
using Sqshrun = ShiftNarrow<kTruncate, Saturation::kSignedToUnsigned>::Half<kSecond>;
template <bool kSecond>
using Sqrshrun = ShiftNarrow<kRound, Saturation::kSignedToUnsigned>::Half<kSecond>;

template <auto kF>
consteval auto signed_right(Op first) {
  return vector_rows<Shift<kF, false>, s8, s16, s32, s64>(first);
}
template <auto kF>
consteval auto unsigned_right(Op first) {
  return vector_rows<Shift<kF, false>, u8, u16, u32, u64>(first);
}

constexpr auto kVector = join_rows(
    signed_right<kRight>(Op::kSSHR_vb_imm), unsigned_right<kRight>(Op::kUSHR_vb_imm),
    signed_right<kRightAdd>(Op::kSSRA_vb_imm), unsigned_right<kRightAdd>(Op::kUSRA_vb_imm),
    signed_right<kRoundingRight>(Op::kSRSHR_vb_imm), unsigned_right<kRoundingRight>(Op::kURSHR_vb_imm),
    signed_right<kRoundingRightAdd>(Op::kSRSRA_vb_imm), unsigned_right<kRoundingRightAdd>(Op::kURSRA_vb_imm),
    unsigned_right<kInsertRight>(Op::kSRI_vb_imm),
    vector_rows<Shift<kLeft, true>, u8, u16, u32, u64>(Op::kSHL_vb_imm),
    vector_rows<Shift<kInsertLeft, true>, u8, u16, u32, u64>(Op::kSLI_vb_imm),
    vector_rows<Shift<kSaturatingLeftUnsigned, true>, s8, s16, s32, s64>(Op::kSQSHLU_vb_imm),
    vector_rows<Shift<kSaturatingLeft, true>, s8, s16, s32, s64>(Op::kSQSHL_vb_imm),
    vector_rows<Shift<kSaturatingLeft, true>, u8, u16, u32, u64>(Op::kUQSHL_vb_imm),
    half_rows<Shrn, u8, u16, u32>(Op::kSHRN_vb), half_rows<Rshrn, u8, u16, u32>(Op::kRSHRN_vb),
    half_rows<Sqshrun, u8, u16, u32>(Op::kSQSHRUN_vb), half_rows<Sqrshrun, u8, u16, u32>(Op::kSQRSHRUN_vb),
    half_rows<Sqshrn, u8, u16, u32>(Op::kSQSHRN_vb), half_rows<Uqshrn, u8, u16, u32>(Op::kUQSHRN_vb),
    half_rows<Sqrshrn, u8, u16, u32>(Op::kSQRSHRN_vb), half_rows<Uqrshrn, u8, u16, u32>(Op::kUQRSHRN_vb),
    half_rows<ShiftLong, s8, s16, s32>(Op::kSSHLL_vb), half_rows<ShiftLong, u8, u16, u32>(Op::kUSHLL_vb));

template <auto kF>
consteval auto scalar_right(Op of_signed, Op of_unsigned) {
  return join_rows(single_rows<ScalarShift<kF, false>, s64>(of_signed),
                   single_rows<ScalarShift<kF, false>, u64>(of_unsigned));
}
template <Rounding kRounding, Saturation kSaturation>
consteval auto scalar_narrow(Op first) {
  return single_rows<ScalarShiftNarrow<kRounding, kSaturation>, u8, u16, u32>(first);
}

constexpr auto kScalar =
    join_rows(scalar_right<kRight>(Op::kSSHR_d_imm, Op::kUSHR_d_imm),
              scalar_right<kRightAdd>(Op::kSSRA_d_imm, Op::kUSRA_d_imm),
              scalar_right<kRoundingRight>(Op::kSRSHR_d_imm, Op::kURSHR_d_imm),
              scalar_right<kRoundingRightAdd>(Op::kSRSRA_d_imm, Op::kURSRA_d_imm),
              single_rows<ScalarShift<kInsertRight, false>, u64>(Op::kSRI_d_imm),
              single_rows<ScalarShift<kLeft, true>, u64>(Op::kSHL_d_imm),
              single_rows<ScalarShift<kInsertLeft, true>, u64>(Op::kSLI_d_imm),
              single_rows<ScalarShift<kSaturatingLeftUnsigned, true>, s8, s16, s32, s64>(Op::kSQSHLU_b_imm),
              single_rows<ScalarShift<kSaturatingLeft, true>, s8, s16, s32, s64>(Op::kSQSHL_b_imm),
              single_rows<ScalarShift<kSaturatingLeft, true>, u8, u16, u32, u64>(Op::kUQSHL_b_imm),
              scalar_narrow<kTruncate, Saturation::kSignedToUnsigned>(Op::kSQSHRUN_b),
              scalar_narrow<kRound, Saturation::kSignedToUnsigned>(Op::kSQRSHRUN_b),
              scalar_narrow<kTruncate, Saturation::kSigned>(Op::kSQSHRN_b),
              scalar_narrow<kTruncate, Saturation::kUnsigned>(Op::kUQSHRN_b),
              scalar_narrow<kRound, Saturation::kSigned>(Op::kSQRSHRN_b),
              scalar_narrow<kRound, Saturation::kUnsigned>(Op::kUQRSHRN_b));

constexpr auto kRows = join_rows(kVector, kScalar);

}  // namespace

std::span<const Row> simd_shift_rows() { return kRows; }

}  // namespace m2sim::emu
