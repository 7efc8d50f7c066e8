#include "tests/rows/random_state.h"

#include "emu/fp/fp.h"
#include "emu/fp/softfloat.h"

namespace m2sim::rows {
namespace {

using emu::Vec;
namespace softfloat = emu::softfloat;

template <class T>
T element(Random& random) {
  using F = softfloat::Format<T>;
  const T bits = static_cast<T>(random());
  const T fraction = static_cast<T>(bits & static_cast<T>(F::kMinNormal - 1));
  const T exponent_near_one =
      static_cast<T>(static_cast<std::uint64_t>(F::kBias) - 3 + (random() % (3 * sizeof(T) * sizeof(T))));
  const std::array<T, 13> specials = {T{0},
                                      static_cast<T>(~T{0}),
                                      F::kInfinity,
                                      F::kNan,
                                      static_cast<T>(F::kInfinity | fraction),
                                      F::kMinNormal,
                                      static_cast<T>(F::kMinNormal - 1),
                                      T{1},
                                      F::kMaxFinite,
                                      fraction,
                                      static_cast<T>(F::kBias) << F::kFraction,
                                      static_cast<T>(~T{0} >> 1U),
                                      static_cast<T>(random() % 16)};
  switch (random() % 6) {
    case 0:
      return bits;
    case 1:
    case 2:
      return static_cast<T>(specials[random() % specials.size()] | (bits & F::kSign));
    // Few significant bits: exact results and ties.
    case 3:
      return static_cast<T>(
          (exponent_near_one << F::kFraction | (fraction & (F::kMinNormal - (F::kMinNormal >> 3U)))) ^
          (bits & F::kSign));
    default:
      return static_cast<T>((exponent_near_one << F::kFraction | fraction) ^ (bits & F::kSign));
  }
}

// Small and extreme: shift amounts, table indices, saturation.
std::uint8_t small_byte(Random& random) {
  return static_cast<std::uint8_t>(one_in(random, 4) ? 0x80 : random() % 80 - 40);
}

Vec random_vector(Random& random) {
  Vec v;
  const auto kind = random() % 5;
  for (unsigned i = 0; i < 8; ++i) {
    if (kind == 0 && i < 2) v.set<std::uint64_t>(i, random());
    if (kind == 1 && i < 2) v.set<std::uint64_t>(i, element<std::uint64_t>(random));
    if (kind == 2 && i < 4) v.set<std::uint32_t>(i, element<std::uint32_t>(random));
    if (kind == 3) v.set<std::uint16_t>(i, element<std::uint16_t>(random));
    if (kind == 4) {
      v.set<std::uint8_t>(2 * i, small_byte(random));
      v.set<std::uint8_t>(2 * i + 1, small_byte(random));
    }
  }
  return v;
}

}  // namespace

std::uint64_t random_general(Random& random) {
  switch (random() % 5) {
    case 0:
      return random();
    case 1:
      return random() % 64;
    case 2:
      return std::uint64_t{0} - random() % 64;
    case 3: {
      const std::uint64_t edge = std::uint64_t{1} << (one_in(random, 2) ? 31U : 63U);
      return edge - random() % 3 + 1;
    }
    default:
      return random() >> (random() % 64);
  }
}

std::uint32_t random_fpcr(Random& random) {
  constexpr std::uint64_t kModes = 3U << 22U;
  switch (random() % 6) {
    case 0:
    case 1:
    case 2:
      return 0;
    case 3:
      return static_cast<std::uint32_t>(random() & kModes);
    case 4:
      return static_cast<std::uint32_t>(random() & (kModes | softfloat::kFlush | softfloat::kDefaultNan));
    default:
      return static_cast<std::uint32_t>(random() & 0x07C80000);
  }
}

void randomize(Random& random, Sample& sample) {
  for (auto& x : sample.x) x = random_general(random);
  for (auto& v : sample.v) v = random_vector(random);
  for (auto& byte : sample.window) byte = static_cast<std::uint8_t>(random());
  sample.sp = random_general(random);
  sample.pstate = (random() & 15U) << 28U;
  sample.fpcr = random_fpcr(random);
  sample.fpsr = one_in(random, 2) ? std::uint32_t{softfloat::kInexact}
                                  : static_cast<std::uint32_t>(random()) & 0x0800009F;
  sample.tpidr = random();
}

}  // namespace m2sim::rows
