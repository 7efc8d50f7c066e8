// Words of the few A64 instructions that generated programs are made of. Registers are numbers; 31 is sp or
// zr, as the instruction has it. Displacements are in bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "calibration/program.h"

namespace m2sim::calibration {

using Reg = std::uint32_t;
inline constexpr Reg kZr = 31;
inline constexpr Reg kSp = 31;

namespace a64 {

inline constexpr std::uint32_t kNop = 0xd503201f;
inline constexpr std::uint32_t kRet = 0xd65f03c0;

std::uint32_t b(std::int64_t displacement);
std::uint32_t bl(std::int64_t displacement);
std::uint32_t b_ne(std::int64_t displacement);
std::uint32_t cbnz(Reg t, std::int64_t displacement);
std::uint32_t cbz(Reg t, std::int64_t displacement);
std::uint32_t tbz(Reg t, std::uint32_t bit, std::int64_t displacement);

std::uint32_t and_1(Reg d, Reg n);  // and xd, xn, 1
std::uint32_t mov(Reg d, Reg m);
std::uint32_t add(Reg d, Reg n, std::uint32_t immediate);
std::uint32_t sub(Reg d, Reg n, std::uint32_t immediate);
std::uint32_t subs(Reg d, Reg n, std::uint32_t immediate);
std::uint32_t add_reg(Reg d, Reg n, Reg m);
std::uint32_t adds_reg(Reg d, Reg n, Reg m);
std::uint32_t cmp(Reg n, Reg m);
std::uint32_t eor(Reg d, Reg n, Reg m);
std::uint32_t mul(Reg d, Reg n, Reg m);
std::uint32_t crc32x(Reg d, Reg n, Reg m);

// Address: a register and a multiple of the size, up to 4095 of them.
std::uint32_t ldr(Reg t, Reg n, std::uint32_t offset = 0);
std::uint32_t str(Reg t, Reg n, std::uint32_t offset = 0);
std::uint32_t ldr_w(Reg t, Reg n, std::uint32_t offset = 0);
std::uint32_t str_w(Reg t, Reg n, std::uint32_t offset = 0);
std::uint32_t strb(Reg t, Reg n, std::uint32_t offset = 0);
std::uint32_t ldr_q(Reg t, Reg n, std::uint32_t offset = 0);
std::uint32_t str_q(Reg t, Reg n, std::uint32_t offset = 0);
std::uint32_t str_d(Reg t, Reg n, std::uint32_t offset = 0);
std::uint32_t ldr_index(Reg t, Reg n, Reg m);  // [xn, xm]
// Any offset from -256 to 255.
std::uint32_t ldur(Reg t, Reg n, std::int32_t offset);
std::uint32_t stur(Reg t, Reg n, std::int32_t offset);
std::uint32_t ldr_post(Reg t, Reg n, std::int32_t step);
// Multiples of the size of one, up to 63 of them.
std::uint32_t ldp(Reg t, Reg t2, Reg n, std::uint32_t offset = 0);
std::uint32_t stp(Reg t, Reg t2, Reg n, std::uint32_t offset = 0);
std::uint32_t ldp_q(Reg t, Reg t2, Reg n, std::uint32_t offset = 0);
std::uint32_t stp_q(Reg t, Reg t2, Reg n, std::uint32_t offset = 0);

std::uint32_t fadd(Reg d, Reg n, Reg m);
std::uint32_t fmul(Reg d, Reg n, Reg m);
std::uint32_t fsqrt(Reg d, Reg n);
std::uint32_t fcmp(Reg n, Reg m);
std::uint32_t fmov_to_fp(Reg d, Reg n);
std::uint32_t fmov_from_fp(Reg d, Reg n);

}  // namespace a64

// A program's words in their order, and where each will stand.
class Code {
 public:
  std::uint64_t here() const { return kFirstWord + 4 * words_.size(); }
  std::size_t size() const { return words_.size(); }

  void put(std::uint32_t word) { words_.push_back(word); }
  void put(std::uint32_t word, std::size_t times) { words_.insert(words_.end(), times, word); }
  void load_constant(Reg d, std::uint64_t value);
  void jump_to(std::uint64_t address);
  void call(std::uint64_t address);
  // Jumps to the next place that is `offset` behind a multiple of `alignment`.
  void jump_to_place(std::uint64_t alignment, std::uint64_t offset = 0);
  // No-operations up to an address, which nothing executes.
  void fill_to(std::uint64_t address);

  std::vector<std::uint32_t> take() && { return std::move(words_); }

 private:
  std::vector<std::uint32_t> words_;
};

}  // namespace m2sim::calibration
