// SHA-1, SHA-256 and SHA-512 instructions.

#include <bit>
#include <cstdint>
#include <utility>

#include "emu/exec/simd.h"

namespace m2sim::emu {
namespace {

using insts::Op;

template <class T>
T choose(T x, T y, T z) {
  return ((y ^ z) & x) ^ z;
}
template <class T>
T majority(T x, T y, T z) {
  return (x & y) | ((x | y) & z);
}
u32 parity(u32 x, u32 y, u32 z) { return x ^ y ^ z; }

constexpr u32 rotr32(u32 x, int n) { return std::rotr(x, n); }
constexpr u64 rotr64(u64 x, int n) { return std::rotr(x, n); }

// Four rounds of SHA-1 with the given function of b, c, d.
template <u32 (*kF)(u32, u32, u32)>
constexpr auto sha1_rounds = [](const Uop& u, CpuState& c) {
  auto x = lanes_of<u32>(c.v[u.rd]);
  u32 y = c.v[u.rn].get<u32>(0);
  const auto w = lanes_of<u32>(c.v[u.rm]);
  for (unsigned i = 0; i < 4; ++i) {
    y += std::rotl(x[0], 5) + kF(x[1], x[2], x[3]) + w[i];
    x[1] = std::rotl(x[1], 30);
    const u32 last = x[3];
    x = {y, x[0], x[1], x[2]};
    y = last;
  }
  c.v[u.rd] = vec_of<u32>(x);
};
constexpr auto sha1_hash_rotate = [](const Uop& u, CpuState& c) {
  c.v[u.rd].set_scalar(std::rotl(c.v[u.rn].get<u32>(0), 30));
};
constexpr auto sha1_schedule_0 = [](const Uop& u, CpuState& c) {
  const auto d = lanes_of<u64>(c.v[u.rd]);
  const auto n = lanes_of<u64>(c.v[u.rn]);
  const auto m = lanes_of<u64>(c.v[u.rm]);
  c.v[u.rd] = vec_of<u64>({d[1] ^ d[0] ^ m[0], n[0] ^ d[1] ^ m[1]});
};
constexpr auto sha1_schedule_1 = [](const Uop& u, CpuState& c) {
  const auto d = lanes_of<u32>(c.v[u.rd]);
  const auto n = lanes_of<u32>(c.v[u.rn]);
  const u32 first = std::rotl(d[0] ^ n[1], 1);
  c.v[u.rd] = vec_of<u32>({first, std::rotl(d[1] ^ n[2], 1), std::rotl(d[2] ^ n[3], 1),
                           std::rotl(d[3], 1) ^ std::rotl(first, 1)});
};

// Four rounds of SHA-256; the first half of the state is the result for kFirst, else the second.
template <bool kFirst>
constexpr auto sha256_rounds = [](const Uop& u, CpuState& c) {
  auto x = lanes_of<u32>(c.v[kFirst ? u.rd : u.rn]);
  auto y = lanes_of<u32>(c.v[kFirst ? u.rn : u.rd]);
  const auto w = lanes_of<u32>(c.v[u.rm]);
  for (unsigned i = 0; i < 4; ++i) {
    const u32 sigma1 = rotr32(y[0], 6) ^ rotr32(y[0], 11) ^ rotr32(y[0], 25);
    const u32 sigma0 = rotr32(x[0], 2) ^ rotr32(x[0], 13) ^ rotr32(x[0], 22);
    const u32 t = y[3] + sigma1 + choose(y[0], y[1], y[2]) + w[i];
    const u32 next_y = t + x[3];
    const u32 next_x = t + sigma0 + majority(x[0], x[1], x[2]);
    y = {next_y, y[0], y[1], y[2]};
    x = {next_x, x[0], x[1], x[2]};
  }
  c.v[u.rd] = vec_of<u32>(kFirst ? x : y);
};
constexpr auto sha256_schedule_0 = [](const Uop& u, CpuState& c) {
  auto d = lanes_of<u32>(c.v[u.rd]);
  const auto n = lanes_of<u32>(c.v[u.rn]);
  const LaneArray<u32> following = {d[1], d[2], d[3], n[0]};
  for (unsigned i = 0; i < 4; ++i) {
    d[i] += rotr32(following[i], 7) ^ rotr32(following[i], 18) ^ following[i] >> 3U;
  }
  c.v[u.rd] = vec_of<u32>(d);
};
constexpr auto sha256_schedule_1 = [](const Uop& u, CpuState& c) {
  auto d = lanes_of<u32>(c.v[u.rd]);
  const auto n = lanes_of<u32>(c.v[u.rn]);
  const auto m = lanes_of<u32>(c.v[u.rm]);
  const LaneArray<u32> added = {n[1], n[2], n[3], m[0]};
  for (unsigned i = 0; i < 4; ++i) {
    const u32 earlier = i < 2 ? m[i + 2] : d[i - 2];
    d[i] += (rotr32(earlier, 17) ^ rotr32(earlier, 19) ^ earlier >> 10U) + added[i];
  }
  c.v[u.rd] = vec_of<u32>(d);
};

constexpr auto sha512_hash = [](const Uop& u, CpuState& c) {
  const auto w = lanes_of<u64>(c.v[u.rd]);
  const auto x = lanes_of<u64>(c.v[u.rn]);
  const auto y = lanes_of<u64>(c.v[u.rm]);
  const auto sigma = [](u64 v) { return rotr64(v, 14) ^ rotr64(v, 18) ^ rotr64(v, 41); };
  const u64 high = choose(y[1], x[0], x[1]) + sigma(y[1]) + w[1];
  const u64 next = high + y[0];
  c.v[u.rd] = vec_of<u64>({choose(next, y[1], x[0]) + sigma(next) + w[0], high});
};
constexpr auto sha512_hash_2 = [](const Uop& u, CpuState& c) {
  const auto w = lanes_of<u64>(c.v[u.rd]);
  const auto x = lanes_of<u64>(c.v[u.rn]);
  const auto y = lanes_of<u64>(c.v[u.rm]);
  const auto sigma = [](u64 v) { return rotr64(v, 28) ^ rotr64(v, 34) ^ rotr64(v, 39); };
  const u64 high = majority(x[0], y[1], y[0]) + sigma(y[0]) + w[1];
  c.v[u.rd] = vec_of<u64>({majority(high, y[0], y[1]) + sigma(high) + w[0], high});
};
constexpr auto sha512_schedule_0 = [](const Uop& u, CpuState& c) {
  const auto w = lanes_of<u64>(c.v[u.rd]);
  const auto x = lanes_of<u64>(c.v[u.rn]);
  const auto sigma = [](u64 v) { return rotr64(v, 1) ^ rotr64(v, 8) ^ v >> 7U; };
  c.v[u.rd] = vec_of<u64>({w[0] + sigma(w[1]), w[1] + sigma(x[0])});
};
constexpr auto sha512_schedule_1 = [](const Uop& u, CpuState& c) {
  const auto w = lanes_of<u64>(c.v[u.rd]);
  const auto x = lanes_of<u64>(c.v[u.rn]);
  const auto y = lanes_of<u64>(c.v[u.rm]);
  const auto sigma = [](u64 v) { return rotr64(v, 19) ^ rotr64(v, 61) ^ v >> 6U; };
  c.v[u.rd] = vec_of<u64>({w[0] + sigma(x[0]) + y[0], w[1] + sigma(x[1]) + y[1]});
};

constexpr Row kRows[] = {
    {Op::kSHA1C, plain<sha1_rounds<choose<u32>>>},
    {Op::kSHA1P, plain<sha1_rounds<parity>>},
    {Op::kSHA1M, plain<sha1_rounds<majority<u32>>>},
    {Op::kSHA1SU0, plain<sha1_schedule_0>},
    {Op::kSHA1H, plain<sha1_hash_rotate>},
    {Op::kSHA1SU1, plain<sha1_schedule_1>},
    {Op::kSHA256H, plain<sha256_rounds<true>>},
    {Op::kSHA256H2, plain<sha256_rounds<false>>},
    {Op::kSHA256SU0, plain<sha256_schedule_0>},
    {Op::kSHA256SU1, plain<sha256_schedule_1>},
    {Op::kSHA512H, plain<sha512_hash>},
    {Op::kSHA512H2, plain<sha512_hash_2>},
    {Op::kSHA512SU0, plain<sha512_schedule_0>},
    {Op::kSHA512SU1, plain<sha512_schedule_1>},
};

}  // namespace

std::span<const Row> crypto_sha_rows() { return kRows; }

}  // namespace m2sim::emu
