#include "tests/rows/random_state.h"

namespace m2sim::rows {

void randomize(Random& random, Sample& sample) {
  for (auto& x : sample.x) x = random_general(random);
  for (auto& v : sample.v) v = random_vector(random);
  for (auto& byte : sample.window) byte = static_cast<std::uint8_t>(random());
  sample.sp = random_general(random);
  sample.pstate = (random() & 15U) << 28U;
  sample.fpcr = random_fpcr(random);
  sample.fpsr = one_in(random, 2) ? std::uint32_t{emu::softfloat::kInexact}
                                  : static_cast<std::uint32_t>(random()) & 0x0800009F;
  sample.tpidr = random();
}

}  // namespace m2sim::rows
