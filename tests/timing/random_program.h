// Programs of random work for tests of what must hold whatever the program.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/timing/loop.h"

namespace m2sim::timing {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 2654435761U + 88172645463325252ULL) {}
  std::uint32_t below(std::uint32_t n) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::uint32_t>((state_ >> 20) % n);
  }

 private:
  std::uint64_t state_;
};

inline std::uint32_t random_word(Random& random) {
  using namespace a64;
  const std::uint32_t d = random.below(8);
  const std::uint32_t n = random.below(12);
  const std::uint32_t m = random.below(12);
  switch (random.below(14)) {
    case 0:
      return mul(d, n, m);
    case 1:
      return madd(d, n, m, random.below(8));
    case 2:
      return add_lsl(d, n, m, random.below(4));
    case 3:
    case 4:
    case 5:
      return ldr(d, 12 + random.below(4));
    case 6:
    case 7:
      return str(n, 12 + random.below(4));
    case 8:
      return mov(d, n);
    case 9:
      return adds(d, n, 1);
    case 10:
      return csel(d, n, m);
    case 11:
      return fadd(d, n, m);
    default:
      return add(d, n, 1);
  }
}

// A few blocks of random work that follow each other at random; loads and stores in `bytes` of memory.
inline void random_program(SyntheticProgram& program, std::uint64_t seed, std::uint64_t runs,
                           std::uint32_t bytes) {
  Random random(seed);
  constexpr unsigned kBlocks = 6;
  std::vector<std::vector<bool>> memory(kBlocks);
  for (unsigned k = 0; k < kBlocks; ++k) {
    Words words;
    const unsigned length = 3 + random.below(24);
    for (unsigned i = 0; i < length; ++i) {
      words.push_back(random_word(random));
      if (insts::operands_of(insts::decode(words.back())).memory.kind != insts::Access::kNone) {
        memory[k].push_back(true);
      }
    }
    words.push_back(a64::cmp(random.below(8), 9));
    words.push_back(a64::b_lt(64));
    program.block(kCode + 256 * k, words);
  }
  std::uint32_t at = 0;
  for (std::uint64_t r = 0; r < runs; ++r) {
    Addresses addresses;
    for (std::size_t i = 0; i < memory[at].size(); ++i)
      addresses.push_back(kData + 8 * random.below(bytes / 8));
    program.run(at, addresses);
    at = random.below(4) != 0 ? (at + 1) % kBlocks : random.below(kBlocks);
  }
}

}  // namespace m2sim::timing
