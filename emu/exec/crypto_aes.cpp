// AES rounds. The S-box is computed from its definition: inverse in GF(2^8), then the affine map.

#include <array>
#include <bit>
#include <cstdint>

#include "emu/exec/simd.h"
#include "emu/fp/host_fp.h"

namespace m2sim::emu {
namespace {

using insts::Op;
using Bytes = LaneArray<u8>;

constexpr u8 times(u8 a, u8 b) {
  unsigned product = 0;
  unsigned factor = a;
  for (unsigned i = 0; i < 8; ++i) {
    if ((b >> i & 1U) != 0) product ^= factor;
    factor = factor << 1U ^ ((factor & 0x80U) != 0 ? 0x11BU : 0U);
  }
  return static_cast<u8>(product);
}

struct Boxes {
  std::array<u8, 256> forward{};
  std::array<u8, 256> backward{};
};

// The powers of 3 are all of GF(2^8) but 0: the inverse of 3^i is 3^(255 - i), and 0 is mapped to 0.
constexpr Boxes make_boxes() {
  std::array<u8, 256> power{};
  power[0] = 1;
  for (unsigned i = 1; i < 256; ++i) power[i] = times(power[i - 1], 3);
  std::array<u8, 256> inverse{};
  for (unsigned i = 0; i < 255; ++i) inverse[power[i]] = power[255 - i];
  Boxes boxes;
  for (unsigned i = 0; i < 256; ++i) {
    const u8 b = inverse[i];
    const u8 s =
        static_cast<u8>(b ^ std::rotl(b, 1) ^ std::rotl(b, 2) ^ std::rotl(b, 3) ^ std::rotl(b, 4) ^ 0x63);
    boxes.forward[i] = s;
    boxes.backward[s] = static_cast<u8>(i);
  }
  return boxes;
}
constexpr Boxes kBoxes = make_boxes();
static_assert(kBoxes.forward[0] == 0x63 && kBoxes.forward[0x53] == 0xed);  // FIPS 197, 4.2.1 and 5.1.1

// Columns are four bytes; row r of the state moves by r columns.
Bytes sub_and_shift(const Bytes& in, bool backward) {
  const auto& box = backward ? kBoxes.backward : kBoxes.forward;
  Bytes out{};
  for (unsigned i = 0; i < 16; ++i) {
    const unsigned row = i % 4;
    const unsigned column = (i / 4 + (backward ? 4 - row : row)) % 4;
    out[i] = box[in[4 * column + row]];
  }
  return out;
}

Bytes mix_columns(const Bytes& in, const std::array<u8, 4>& factors) {
  Bytes out{};
  for (unsigned i = 0; i < 16; ++i) {
    const unsigned column = i / 4 * 4;
    for (unsigned k = 0; k < 4; ++k)
      out[i] = static_cast<u8>(out[i] ^ times(in[column + (i + k) % 4], factors[k]));
  }
  return out;
}

// Out of line and by value, so that handlers keep no object whose address escapes.
[[gnu::noinline]] void round(CpuState& c, unsigned d, unsigned n, bool backward) {
  auto state = lanes_of<u8>(c.v[d]);
  const auto key = lanes_of<u8>(c.v[n]);
  for (unsigned i = 0; i < 16; ++i) state[i] = static_cast<u8>(state[i] ^ key[i]);
  c.v[d] = vec_of<u8>(sub_and_shift(state, backward));
}
[[gnu::noinline]] void mix(CpuState& c, unsigned d, unsigned n, bool backward) {
  const std::array<u8, 4> factors =
      backward ? std::array<u8, 4>{14, 11, 13, 9} : std::array<u8, 4>{2, 3, 1, 1};
  c.v[d] = vec_of<u8>(mix_columns(lanes_of<u8>(c.v[n]), factors));
}

template <bool kBackward>
constexpr auto aes_round = [](const Uop& u, CpuState& c) { round(c, u.rd, u.rn, kBackward); };
template <bool kBackward>
constexpr auto aes_mix = [](const Uop& u, CpuState& c) { mix(c, u.rd, u.rn, kBackward); };

#if M2SIM_HOST_FMA  // and so the encodings of AVX

using HostState = long long __attribute__((vector_size(16)));

// Written as asm statements, as not every host that the build is for has them. The last round there adds the
// key behind what this one adds it in front of.
template <bool kBackward>
constexpr auto host_round = [](const Uop& u, CpuState& c) {
  const HostState state = std::bit_cast<HostState>(c.v[u.rd]) ^ std::bit_cast<HostState>(c.v[u.rn]);
  HostState result;
  if constexpr (kBackward) {
    asm("vaesdeclast %2, %1, %0" : "=x"(result) : "x"(state), "x"(HostState{}));
  } else {
    asm("vaesenclast %2, %1, %0" : "=x"(result) : "x"(state), "x"(HostState{}));
  }
  c.v[u.rd] = std::bit_cast<Vec>(result);
};
// A whole round mixes what the last one of the other direction has put back.
template <bool kBackward>
constexpr auto host_mix = [](const Uop& u, CpuState& c) {
  auto state = std::bit_cast<HostState>(c.v[u.rn]);
  if constexpr (kBackward) {
    asm("vaesimc %0, %0" : "+x"(state));
  } else {
    asm("vaesdeclast %1, %0, %0\n\tvaesenc %1, %0, %0" : "+x"(state) : "x"(HostState{}));
  }
  c.v[u.rd] = std::bit_cast<Vec>(state);
};

bool host_has_aes() {
  static const bool has = __builtin_cpu_supports("aes") != 0;
  return has;
}

template <bool kBackward>
Binding pick_round(const insts::Inst& inst, bool log) {
  return host_has_aes() ? plain<host_round<kBackward>>(inst, log) : plain<aes_round<kBackward>>(inst, log);
}
template <bool kBackward>
Binding pick_mix(const insts::Inst& inst, bool log) {
  return host_has_aes() ? plain<host_mix<kBackward>>(inst, log) : plain<aes_mix<kBackward>>(inst, log);
}

#else

template <bool kBackward>
constexpr Pick pick_round = plain<aes_round<kBackward>>;
template <bool kBackward>
constexpr Pick pick_mix = plain<aes_mix<kBackward>>;

#endif

constexpr Row kRows[] = {
    {Op::kAESE, pick_round<false>},
    {Op::kAESD, pick_round<true>},
    {Op::kAESMC, pick_mix<false>},
    {Op::kAESIMC, pick_mix<true>},
};

}  // namespace

std::span<const Row> crypto_aes_rows() { return kRows; }

}  // namespace m2sim::emu
