// The condition flags, kept as cheaply as the host allows.
//
// Most flags are set and never read, because compare and branch are fused. On x86-64 the host's own flags
// after the same operation are kept (lahf and seto: two instructions), and turned into NZCV only when
// read; elsewhere NZCV itself is kept.
#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>

#if defined(__x86_64__) && !defined(M2SIM_PORTABLE)
#include <immintrin.h>
#define M2SIM_HOST_FLAGS 1
#else
#define M2SIM_HOST_FLAGS 0
#endif

namespace m2sim::emu {

struct Flags {
  std::uint32_t raw = 0;
};

// N = 8, Z = 4, C = 2, V = 1: bits 31:28 of NZCV, shifted down.
inline constexpr std::uint32_t kFlagN = 8;
inline constexpr std::uint32_t kFlagZ = 4;
inline constexpr std::uint32_t kFlagC = 2;
inline constexpr std::uint32_t kFlagV = 1;

// A condition as the set of NZCV values for which it holds, one bit each.
constexpr std::uint32_t condition_mask(unsigned condition) {
  std::uint32_t mask = 0;
  for (std::uint32_t nzcv = 0; nzcv < 16; ++nzcv) {
    const bool n = (nzcv & kFlagN) != 0;
    const bool z = (nzcv & kFlagZ) != 0;
    const bool c = (nzcv & kFlagC) != 0;
    const bool v = (nzcv & kFlagV) != 0;
    const bool bases[8] = {z, c, n, v, c && !z, n == v, n == v && !z, true};
    const bool holds = bases[condition >> 1U] != ((condition & 1U) != 0 && condition != 15);
    mask |= std::uint32_t{holds} << nzcv;
  }
  return mask;
}

template <class T>
constexpr bool sign_bit(T value) {
  return (value >> (std::numeric_limits<T>::digits - 1)) != 0;
}

// The flags of a + b + carry, from the definition; also the oracle for the host's flags in the tests.
template <class T>
constexpr std::uint32_t nzcv_of_add(T a, T b, bool carry) {
  const T sum = static_cast<T>(a + b + T{carry});
  const bool carry_out = sum < a || (carry && sum == a);
  const bool overflow = sign_bit<T>(static_cast<T>((a ^ sum) & (b ^ sum)));
  return (sign_bit<T>(sum) ? kFlagN : 0) | (sum == 0 ? kFlagZ : 0) | (carry_out ? kFlagC : 0) |
         (overflow ? kFlagV : 0);
}

#if M2SIM_HOST_FLAGS

// raw: bit 15 sign, 14 zero, 8 carry (Arm's sense: set when a subtraction does not borrow), 0 overflow.
inline constexpr std::uint32_t kHostFlagBits = 0xC101;

inline std::uint32_t nzcv_of(Flags flags) { return _pext_u32(flags.raw, kHostFlagBits); }
inline Flags flags_from_nzcv(std::uint32_t nzcv) { return {_pdep_u32(nzcv, kHostFlagBits)}; }

template <class T>
inline Flags flags_of_sub(T a, T b) {
  std::uint32_t raw;
  if constexpr (sizeof(T) == 8) {
    asm("cmpq %2, %1\n\tcmc\n\tlahf\n\tseto %%al" : "=a"(raw) : "r"(a), "r"(b) : "cc");
  } else {
    asm("cmpl %2, %1\n\tcmc\n\tlahf\n\tseto %%al" : "=a"(raw) : "r"(a), "r"(b) : "cc");
  }
  return {raw};
}

template <class T>
inline Flags flags_of_add(T a, T b) {
  std::uint32_t raw;
  if constexpr (sizeof(T) == 8) {
    asm("addq %2, %1\n\tlahf\n\tseto %%al" : "=a"(raw), "+r"(a) : "r"(b) : "cc");
  } else {
    asm("addl %2, %1\n\tlahf\n\tseto %%al" : "=a"(raw), "+r"(a) : "r"(b) : "cc");
  }
  return {raw};
}

// Logical operations: N and Z of the result, C and V clear, as the host's test leaves them.
template <class T>
inline Flags flags_of_logic(T result) {
  std::uint32_t raw;
  if constexpr (sizeof(T) == 8) {
    asm("testq %1, %1\n\tlahf\n\tseto %%al" : "=a"(raw) : "r"(result) : "cc");
  } else {
    asm("testl %1, %1\n\tlahf\n\tseto %%al" : "=a"(raw) : "r"(result) : "cc");
  }
  return {raw};
}

#else

inline std::uint32_t nzcv_of(Flags flags) { return flags.raw; }
inline Flags flags_from_nzcv(std::uint32_t nzcv) { return {nzcv}; }

template <class T>
inline Flags flags_of_sub(T a, T b) {
  return {nzcv_of_add<T>(a, static_cast<T>(~b), true)};
}
template <class T>
inline Flags flags_of_add(T a, T b) {
  return {nzcv_of_add<T>(a, b, false)};
}
template <class T>
inline Flags flags_of_logic(T result) {
  return {(sign_bit<T>(result) ? kFlagN : 0) | (result == 0 ? kFlagZ : 0)};
}

#endif

inline bool holds(Flags flags, std::uint32_t mask) { return ((mask >> nzcv_of(flags)) & 1U) != 0; }
inline bool carry_of(Flags flags) { return (nzcv_of(flags) & kFlagC) != 0; }

}  // namespace m2sim::emu
