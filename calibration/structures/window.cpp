#include <utility>

#include "calibration/structures/code.h"
#include "calibration/structures/trials.h"

namespace m2sim::calibration {
namespace {

using namespace a64;

constexpr Reg kFirst = 1;  // the chains: x1 and x2, or d1 and d2
constexpr Reg kSecond = 2;
constexpr Reg kBuffer = 3;  // a line in the L1D
constexpr Reg kGiven = 6;   // x6 and d6: what fillers read
constexpr std::uint64_t kWarmPasses = 8;
constexpr std::uint64_t kPasses = 24;
constexpr std::uint64_t kRoots = 20;

constexpr std::uint64_t kLine = 128;
constexpr std::uint64_t kNodes = std::uint64_t{64} << 20;
constexpr std::uint64_t kBufferAddress = kTrialMemory + kNodes;

bool has_roots(Link link, Reg chain) {
  return link == Link::kRoots || (link == Link::kMissRoots && chain == kSecond);
}

void put_link(Code& code, Link link, Reg chain) {
  if (has_roots(link, chain)) {
    code.put(fsqrt(chain, chain), kRoots);
  } else {
    code.put(ldr(chain, chain), link == Link::kTwoMisses ? 2 : 1);
  }
}

void put_dependence(Code& code, Link link, Reg chain) {
  if (has_roots(link, chain)) {
    code.put(fmov_from_fp(kGiven, chain));
    code.put(eor(kGiven, kGiven, kGiven));
  } else {
    code.put(eor(kGiven, chain, chain));
  }
  code.put(fmov_to_fp(kGiven, kGiven));
}

// Two chains of lines that nothing has touched.
void make_chains(Trial& trial, std::uint64_t links) {
  Random random(2);
  std::vector<std::uint64_t> order = shuffled(kNodes / kLine, random);
  for (std::uint64_t i = 0; i < links; ++i) {
    for (std::uint64_t chain = 0; chain < 2; ++chain) {
      trial.data.push_back(
          {kTrialMemory + kLine * order[2 * i + chain], kTrialMemory + kLine * order[2 * (i + 1) + chain]});
    }
  }
}

}  // namespace

Trial window_trial(Link link, Filler filler, std::uint64_t fillers) {
  Trial trial;
  trial.memory_bytes = kNodes + 65'536;
  Code code;
  make_chains(trial, 2 * (kWarmPasses + kPasses) + 4);
  for (const Reg chain : {kFirst, kSecond}) {
    constexpr std::uint64_t kOne = 0x3ff0000000000000;  // 1.0
    code.load_constant(chain, has_roots(link, chain) ? kOne : trial.data[chain - kFirst].address);
    code.put(fmov_to_fp(chain, chain));
  }
  code.load_constant(kBuffer, kBufferAddress);
  const std::uint64_t setup = code.size();
  const std::uint64_t loop = code.here();
  for (const Reg chain : {kFirst, kSecond}) {
    put_link(code, link, chain);
    if (filler.dependent) put_dependence(code, link, chain);
    code.put(filler.word, fillers);
  }
  code.jump_to(loop);
  const std::uint64_t pass = code.size() - setup;
  trial.warm_insts = setup + kWarmPasses * pass;
  trial.measured_insts = kPasses * pass;
  trial.units = kPasses;
  trial.words = std::move(code).take();
  return trial;
}

}  // namespace m2sim::calibration
