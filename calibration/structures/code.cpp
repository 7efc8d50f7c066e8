#include "calibration/structures/code.h"

namespace m2sim::calibration {

namespace a64 {
namespace {

// A field of the low `bits` of a value.
constexpr std::uint32_t field(std::int64_t value, unsigned bits, unsigned at) {
  return (static_cast<std::uint32_t>(value) & ((1U << bits) - 1)) << at;
}

constexpr std::uint32_t three(std::uint32_t base, Reg d, Reg n, Reg m) { return base | m << 16 | n << 5 | d; }

constexpr std::uint32_t immediate12(std::uint32_t base, Reg d, Reg n, std::uint32_t value) {
  return base | field(value, 12, 10) | n << 5 | d;
}

constexpr std::uint32_t unscaled(std::uint32_t base, Reg t, Reg n, std::int32_t offset) {
  return base | field(offset, 9, 12) | n << 5 | t;
}

constexpr std::uint32_t pair(std::uint32_t base, Reg t, Reg t2, Reg n, std::uint32_t scaled) {
  return base | field(scaled, 7, 15) | t2 << 10 | n << 5 | t;
}

}  // namespace

std::uint32_t b(std::int64_t displacement) { return 0x14000000 | field(displacement / 4, 26, 0); }
std::uint32_t bl(std::int64_t displacement) { return 0x94000000 | field(displacement / 4, 26, 0); }
std::uint32_t b_ne(std::int64_t displacement) { return 0x54000001 | field(displacement / 4, 19, 5); }
std::uint32_t cbnz(Reg t, std::int64_t displacement) {
  return 0xb5000000 | field(displacement / 4, 19, 5) | t;
}
std::uint32_t cbz(Reg t, std::int64_t displacement) {
  return 0xb4000000 | field(displacement / 4, 19, 5) | t;
}
std::uint32_t tbz(Reg t, std::uint32_t bit, std::int64_t displacement) {
  return 0x36000000 | field(bit >> 5, 1, 31) | field(bit, 5, 19) | field(displacement / 4, 14, 5) | t;
}

std::uint32_t and_1(Reg d, Reg n) { return 0x92400000 | n << 5 | d; }
std::uint32_t mov(Reg d, Reg m) { return three(0xaa000000, d, kZr, m); }
std::uint32_t add(Reg d, Reg n, std::uint32_t value) { return immediate12(0x91000000, d, n, value); }
std::uint32_t sub(Reg d, Reg n, std::uint32_t value) { return immediate12(0xd1000000, d, n, value); }
std::uint32_t subs(Reg d, Reg n, std::uint32_t value) { return immediate12(0xf1000000, d, n, value); }
std::uint32_t add_reg(Reg d, Reg n, Reg m) { return three(0x8b000000, d, n, m); }
std::uint32_t adds_reg(Reg d, Reg n, Reg m) { return three(0xab000000, d, n, m); }
std::uint32_t cmp(Reg n, Reg m) { return three(0xeb000000, kZr, n, m); }
std::uint32_t eor(Reg d, Reg n, Reg m) { return three(0xca000000, d, n, m); }
std::uint32_t mul(Reg d, Reg n, Reg m) { return three(0x9b007c00, d, n, m); }
std::uint32_t crc32x(Reg d, Reg n, Reg m) { return three(0x9ac04c00, d, n, m); }

std::uint32_t ldr(Reg t, Reg n, std::uint32_t offset) { return immediate12(0xf9400000, t, n, offset / 8); }
std::uint32_t str(Reg t, Reg n, std::uint32_t offset) { return immediate12(0xf9000000, t, n, offset / 8); }
std::uint32_t ldr_w(Reg t, Reg n, std::uint32_t offset) { return immediate12(0xb9400000, t, n, offset / 4); }
std::uint32_t str_w(Reg t, Reg n, std::uint32_t offset) { return immediate12(0xb9000000, t, n, offset / 4); }
std::uint32_t strb(Reg t, Reg n, std::uint32_t offset) { return immediate12(0x39000000, t, n, offset); }
std::uint32_t ldr_q(Reg t, Reg n, std::uint32_t offset) { return immediate12(0x3dc00000, t, n, offset / 16); }
std::uint32_t str_q(Reg t, Reg n, std::uint32_t offset) { return immediate12(0x3d800000, t, n, offset / 16); }
std::uint32_t str_d(Reg t, Reg n, std::uint32_t offset) { return immediate12(0xfd000000, t, n, offset / 8); }
std::uint32_t ldr_index(Reg t, Reg n, Reg m) { return three(0xf8606800, t, n, m); }
std::uint32_t ldur(Reg t, Reg n, std::int32_t offset) { return unscaled(0xf8400000, t, n, offset); }
std::uint32_t stur(Reg t, Reg n, std::int32_t offset) { return unscaled(0xf8000000, t, n, offset); }
std::uint32_t ldr_post(Reg t, Reg n, std::int32_t step) { return unscaled(0xf8400400, t, n, step); }
std::uint32_t ldp(Reg t, Reg t2, Reg n, std::uint32_t offset) {
  return pair(0xa9400000, t, t2, n, offset / 8);
}
std::uint32_t stp(Reg t, Reg t2, Reg n, std::uint32_t offset) {
  return pair(0xa9000000, t, t2, n, offset / 8);
}
std::uint32_t ldp_q(Reg t, Reg t2, Reg n, std::uint32_t offset) {
  return pair(0xad400000, t, t2, n, offset / 16);
}
std::uint32_t stp_q(Reg t, Reg t2, Reg n, std::uint32_t offset) {
  return pair(0xad000000, t, t2, n, offset / 16);
}

std::uint32_t fadd(Reg d, Reg n, Reg m) { return three(0x1e602800, d, n, m); }
std::uint32_t fmul(Reg d, Reg n, Reg m) { return three(0x1e600800, d, n, m); }
std::uint32_t fsqrt(Reg d, Reg n) { return three(0x1e61c000, d, n, 0); }
std::uint32_t fcmp(Reg n, Reg m) { return three(0x1e602000, 0, n, m); }
std::uint32_t fmov_to_fp(Reg d, Reg n) { return three(0x9e670000, d, n, 0); }
std::uint32_t fmov_from_fp(Reg d, Reg n) { return three(0x9e660000, d, n, 0); }

}  // namespace a64

void Code::load_constant(Reg d, std::uint64_t value) {
  constexpr std::uint32_t kMovz = 0xd2800000;
  constexpr std::uint32_t kMovk = 0xf2800000;
  for (std::uint32_t half = 0; half < 4; ++half) {
    const auto part = static_cast<std::uint32_t>(value >> (16 * half)) & 0xffff;
    if (half > 0 && part == 0) continue;
    put((half == 0 ? kMovz : kMovk) | half << 21 | part << 5 | d);
  }
}

void Code::jump_to(std::uint64_t address) { put(a64::b(static_cast<std::int64_t>(address - here()))); }

void Code::call(std::uint64_t address) { put(a64::bl(static_cast<std::int64_t>(address - here()))); }

void Code::jump_to_place(std::uint64_t alignment, std::uint64_t offset) {
  const std::uint64_t least = here() + 4;
  const std::uint64_t place = (least + alignment - 1 - offset) / alignment * alignment + offset;
  jump_to(place);
  fill_to(place);
}

void Code::fill_to(std::uint64_t address) { put(a64::kNop, (address - here()) / 4); }

}  // namespace m2sim::calibration
