// Data processing with two, one and three sources, carries, conditional select and compare, flags.

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

#include "emu/engine/handler.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::Op;

template <class T>
constexpr unsigned kBits = std::numeric_limits<T>::digits;

constexpr auto udiv = []<class T>(const Uop& u, CpuState& c) {
  const T divisor = read<T>(c, u.rm);
  write<T>(c, u.rd, divisor == 0 ? T{0} : static_cast<T>(read<T>(c, u.rn) / divisor));
};
constexpr auto sdiv = []<class T>(const Uop& u, CpuState& c) {
  using Signed = std::make_signed_t<T>;
  const T dividend = read<T>(c, u.rn);
  const T divisor = read<T>(c, u.rm);
  if (divisor == 0) return write<T>(c, u.rd, 0);
  // The one overflow, minimum / -1, wraps on Arm and traps on x86: negate instead.
  if (divisor == static_cast<T>(~T{0})) return write<T>(c, u.rd, static_cast<T>(T{0} - dividend));
  write<T>(c, u.rd, static_cast<T>(static_cast<Signed>(dividend) / static_cast<Signed>(divisor)));
};
constexpr auto lslv = []<class T>(const Uop& u, CpuState& c) {
  write<T>(c, u.rd, static_cast<T>(read<T>(c, u.rn) << (c.x[u.rm] % kBits<T>)));
};
constexpr auto lsrv = []<class T>(const Uop& u, CpuState& c) {
  write<T>(c, u.rd, static_cast<T>(read<T>(c, u.rn) >> (c.x[u.rm] % kBits<T>)));
};
constexpr auto asrv = []<class T>(const Uop& u, CpuState& c) {
  using Signed = std::make_signed_t<T>;
  write<T>(c, u.rd, static_cast<T>(static_cast<Signed>(read<T>(c, u.rn)) >> (c.x[u.rm] % kBits<T>)));
};
constexpr auto rorv = []<class T>(const Uop& u, CpuState& c) {
  write<T>(c, u.rd, std::rotr(read<T>(c, u.rn), static_cast<int>(c.x[u.rm] % kBits<T>)));
};

// CRC-32 over `bytes` bytes, a bit-reflected table a polynomial.
template <std::uint32_t kReflectedPolynomial>
constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) != 0 ? kReflectedPolynomial : 0);
    table[i] = value;
  }
  return table;
}
inline constexpr std::uint32_t kIeee = 0xEDB88320;
inline constexpr std::uint32_t kCastagnoli = 0x82F63B78;

template <std::uint32_t kPolynomial, unsigned kBytes>
constexpr auto crc32 = [](const Uop& u, CpuState& c) {
  static constexpr std::array<std::uint32_t, 256> kTable = crc_table<kPolynomial>();
  auto crc = static_cast<std::uint32_t>(c.x[u.rn]);
  std::uint64_t data = c.x[u.rm];
  for (unsigned i = 0; i < kBytes; ++i, data >>= 8U) {
    crc = kTable[(crc ^ data) & 0xFFU] ^ (crc >> 8U);
  }
  c.x[u.rd] = crc;
};

template <class T>
T reverse_bits(T value) {
  std::uint64_t v = value;
  v = ((v >> 1U) & 0x5555555555555555U) | ((v & 0x5555555555555555U) << 1U);
  v = ((v >> 2U) & 0x3333333333333333U) | ((v & 0x3333333333333333U) << 2U);
  v = ((v >> 4U) & 0x0F0F0F0F0F0F0F0FU) | ((v & 0x0F0F0F0F0F0F0F0FU) << 4U);
  return static_cast<T>(__builtin_bswap64(v) >> (64 - kBits<T>));
}
constexpr auto rbit = []<class T>(const Uop& u, CpuState& c) {
  write<T>(c, u.rd, reverse_bits<T>(read<T>(c, u.rn)));
};
constexpr auto rev16 = []<class T>(const Uop& u, CpuState& c) {
  constexpr T kLow = static_cast<T>(0x00FF00FF00FF00FFU);
  const T v = read<T>(c, u.rn);
  write<T>(c, u.rd, static_cast<T>(((v >> 8U) & kLow) | ((v & kLow) << 8U)));
};
constexpr auto rev_w = [](const Uop& u, CpuState& c) {
  c.x[u.rd] = __builtin_bswap32(static_cast<std::uint32_t>(c.x[u.rn]));
};
constexpr auto rev32 = [](const Uop& u, CpuState& c) {
  const std::uint64_t swapped = __builtin_bswap64(c.x[u.rn]);
  c.x[u.rd] = std::rotr(swapped, 32);
};
constexpr auto rev_x = [](const Uop& u, CpuState& c) { c.x[u.rd] = __builtin_bswap64(c.x[u.rn]); };
constexpr auto clz = []<class T>(const Uop& u, CpuState& c) {
  write<T>(c, u.rd, static_cast<T>(std::countl_zero(read<T>(c, u.rn))));
};
constexpr auto cls = []<class T>(const Uop& u, CpuState& c) {
  const T v = read<T>(c, u.rn);
  const T changes = static_cast<T>(v ^ static_cast<T>(v << 1U)) | T{1};  // the lowest bit has no neighbour
  write<T>(c, u.rd, static_cast<T>(std::countl_zero(changes)));
};

constexpr auto madd = []<class T>(const Uop& u, CpuState& c) {
  write<T>(c, u.rd, static_cast<T>(read<T>(c, u.ra) + read<T>(c, u.rn) * read<T>(c, u.rm)));
};
constexpr auto msub = []<class T>(const Uop& u, CpuState& c) {
  write<T>(c, u.rd, static_cast<T>(read<T>(c, u.ra) - read<T>(c, u.rn) * read<T>(c, u.rm)));
};
std::uint64_t signed_word(std::uint64_t value) {
  return static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(value)});
}
constexpr auto smaddl = [](const Uop& u, CpuState& c) {
  c.x[u.rd] = c.x[u.ra] + signed_word(c.x[u.rn]) * signed_word(c.x[u.rm]);
};
constexpr auto smsubl = [](const Uop& u, CpuState& c) {
  c.x[u.rd] = c.x[u.ra] - signed_word(c.x[u.rn]) * signed_word(c.x[u.rm]);
};
constexpr auto umaddl = [](const Uop& u, CpuState& c) {
  c.x[u.rd] = c.x[u.ra] + (c.x[u.rn] & UINT32_MAX) * (c.x[u.rm] & UINT32_MAX);
};
constexpr auto umsubl = [](const Uop& u, CpuState& c) {
  c.x[u.rd] = c.x[u.ra] - (c.x[u.rn] & UINT32_MAX) * (c.x[u.rm] & UINT32_MAX);
};
__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;
constexpr auto smulh = [](const Uop& u, CpuState& c) {
  const Int128 product = Int128{static_cast<std::int64_t>(c.x[u.rn])} * static_cast<std::int64_t>(c.x[u.rm]);
  c.x[u.rd] = static_cast<std::uint64_t>(product >> 64);
};
constexpr auto umulh = [](const Uop& u, CpuState& c) {
  c.x[u.rd] = static_cast<std::uint64_t>((Uint128{c.x[u.rn]} * c.x[u.rm]) >> 64);
};

// adc and sbc: sbc adds the inverted operand.
template <bool kInvert, bool kSetFlags>
constexpr auto add_carry = []<class T>(const Uop& u, CpuState& c) {
  const bool carry = carry_of(c.flags);
  const T a = read<T>(c, u.rn);
  const T b = kInvert ? static_cast<T>(~read<T>(c, u.rm)) : read<T>(c, u.rm);
  if constexpr (kSetFlags) c.flags = flags_from_nzcv(nzcv_of_add<T>(a, b, carry));
  write<T>(c, u.rd, static_cast<T>(a + b + T{carry}));
};

constexpr auto rmif = [](const Uop& u, CpuState& c) {
  const auto rotated = static_cast<std::uint32_t>(std::rotr(c.x[u.rn], u.imm));
  const std::uint32_t mask = u.ra & 15U;
  c.flags = flags_from_nzcv((nzcv_of(c.flags) & ~mask) | (rotated & mask));
};
// N and Z as of an 8- or 16-bit value, V where the bit above differs; C stays.
template <unsigned kWidth>
constexpr auto setf = [](const Uop& u, CpuState& c) {
  const auto v = static_cast<std::uint32_t>(c.x[u.rn]);
  const std::uint32_t n = (v >> (kWidth - 1)) & 1U;
  const std::uint32_t z = static_cast<std::uint32_t>((v & ((1U << kWidth) - 1)) == 0);
  const std::uint32_t overflow = ((v >> kWidth) & 1U) ^ n;
  c.flags = flags_from_nzcv((n << 3U) | (z << 2U) | (nzcv_of(c.flags) & kFlagC) | overflow);
};
constexpr auto cfinv = [](const Uop& /*u*/, CpuState& c) {
  c.flags = flags_from_nzcv(nzcv_of(c.flags) ^ kFlagC);
};
constexpr auto axflag = [](const Uop& /*u*/, CpuState& c) {
  const std::uint32_t old = nzcv_of(c.flags);
  const bool v = (old & kFlagV) != 0;
  const bool z = (old & kFlagZ) != 0 || v;
  const bool carry = (old & kFlagC) != 0 && !v;
  c.flags = flags_from_nzcv((z ? kFlagZ : 0) | (carry ? kFlagC : 0));
};
constexpr auto xaflag = [](const Uop& /*u*/, CpuState& c) {
  const std::uint32_t old = nzcv_of(c.flags);
  const bool z = (old & kFlagZ) != 0;
  const bool carry = (old & kFlagC) != 0;
  c.flags = flags_from_nzcv((!carry && !z ? kFlagN : 0) | (z && carry ? kFlagZ : 0) |
                            (carry || z ? kFlagC : 0) | (!carry && z ? kFlagV : 0));
};

// Conditions arrive as masks over NZCV values; conditional compares keep theirs in a packed immediate:
// bits 15:0 the mask, 19:16 the flags otherwise, 24:20 the immediate operand.
void adjust_condition(const Inst& inst, Uop& uop) {
  uop.imm = static_cast<std::int32_t>(condition_mask(inst.aux));
}
void adjust_compare_register(const Inst& inst, Uop& uop) {
  uop.imm = static_cast<std::int32_t>(condition_mask(inst.aux) | static_cast<std::uint32_t>(inst.imm) << 16U);
}
void adjust_compare_immediate(const Inst& inst, Uop& uop) {
  const auto packed = static_cast<std::uint32_t>(inst.imm);
  const std::uint32_t value = packed & 31U;
  const std::uint32_t nzcv = (packed >> 8U) & 15U;
  uop.imm = static_cast<std::int32_t>(condition_mask(inst.aux) | nzcv << 16U | value << 20U);
}

template <bool kNegative, bool kImmediate>
constexpr auto conditional_compare = []<class T>(const Uop& u, CpuState& c) {
  const auto packed = static_cast<std::uint32_t>(u.imm);
  if (!holds(c.flags, packed & 0xFFFFU)) {
    c.flags = flags_from_nzcv((packed >> 16U) & 15U);
    return;
  }
  const T a = read<T>(c, u.rn);
  const T b = kImmediate ? static_cast<T>(packed >> 20U) : read<T>(c, u.rm);
  c.flags = kNegative ? flags_of_add<T>(a, b) : flags_of_sub<T>(a, b);
};

enum class Otherwise : std::uint8_t { kSame, kIncrement, kInvert, kNegate };
template <Otherwise kOtherwise>
constexpr auto select = []<class T>(const Uop& u, CpuState& c) {
  const T yes = read<T>(c, u.rn);
  T no = read<T>(c, u.rm);
  if constexpr (kOtherwise == Otherwise::kIncrement) no = static_cast<T>(no + 1);
  if constexpr (kOtherwise == Otherwise::kInvert) no = static_cast<T>(~no);
  if constexpr (kOtherwise == Otherwise::kNegate) no = static_cast<T>(T{0} - no);
  write<T>(c, u.rd, holds(c.flags, static_cast<std::uint32_t>(u.imm)) ? yes : no);
};

constexpr Row kRows[] = {
    {Op::kUDIV, sized<udiv>},
    {Op::kSDIV, sized<sdiv>},
    {Op::kLSLV, sized<lslv>},
    {Op::kLSRV, sized<lsrv>},
    {Op::kASRV, sized<asrv>},
    {Op::kRORV, sized<rorv>},
    {Op::kCRC32B, plain<crc32<kIeee, 1>>},
    {Op::kCRC32H, plain<crc32<kIeee, 2>>},
    {Op::kCRC32W, plain<crc32<kIeee, 4>>},
    {Op::kCRC32X, plain<crc32<kIeee, 8>>},
    {Op::kCRC32CB, plain<crc32<kCastagnoli, 1>>},
    {Op::kCRC32CH, plain<crc32<kCastagnoli, 2>>},
    {Op::kCRC32CW, plain<crc32<kCastagnoli, 4>>},
    {Op::kCRC32CX, plain<crc32<kCastagnoli, 8>>},
    {Op::kRBIT, sized<rbit>},
    {Op::kREV16, sized<rev16>},
    {Op::kREV_w, plain<rev_w>},
    {Op::kREV32, plain<rev32>},
    {Op::kREV_x, plain<rev_x>},
    {Op::kCLZ, sized<clz>},
    {Op::kCLS, sized<cls>},
    {Op::kMADD, sized<madd>},
    {Op::kMSUB, sized<msub>},
    {Op::kSMADDL, plain<smaddl>},
    {Op::kSMSUBL, plain<smsubl>},
    {Op::kSMULH, plain<smulh>},
    {Op::kUMADDL, plain<umaddl>},
    {Op::kUMSUBL, plain<umsubl>},
    {Op::kUMULH, plain<umulh>},
    {Op::kADC, sized<add_carry<false, false>>},
    {Op::kADCS, sized<add_carry<false, true>>},
    {Op::kSBC, sized<add_carry<true, false>>},
    {Op::kSBCS, sized<add_carry<true, true>>},
    {Op::kRMIF, plain<rmif>},
    {Op::kSETF8, plain<setf<8>>},
    {Op::kSETF16, plain<setf<16>>},
    {Op::kCFINV, plain<cfinv>},
    {Op::kXAFLAG, plain<xaflag>},
    {Op::kAXFLAG, plain<axflag>},
    {Op::kCCMN_reg, sized<conditional_compare<true, false>>, adjust_compare_register},
    {Op::kCCMN_imm, sized<conditional_compare<true, true>>, adjust_compare_immediate},
    {Op::kCCMP_reg, sized<conditional_compare<false, false>>, adjust_compare_register},
    {Op::kCCMP_imm, sized<conditional_compare<false, true>>, adjust_compare_immediate},
    {Op::kCSEL, sized<select<Otherwise::kSame>>, adjust_condition},
    {Op::kCSINC, sized<select<Otherwise::kIncrement>>, adjust_condition},
    {Op::kCSINV, sized<select<Otherwise::kInvert>>, adjust_condition},
    {Op::kCSNEG, sized<select<Otherwise::kNegate>>, adjust_condition},
};

}  // namespace

std::span<const Row> multiply_and_select_rows() { return kRows; }

}  // namespace m2sim::emu
