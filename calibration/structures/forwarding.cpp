#include <utility>

#include "calibration/structures/code.h"
#include "calibration/structures/trials.h"

namespace m2sim::calibration {
namespace {

using namespace a64;

constexpr Reg kData = 0;
constexpr Reg kMemory = 1;  // 32 bytes before the end of a line
constexpr Reg kOther = 2;
constexpr std::uint32_t kToEnd = 32;

std::vector<std::uint32_t> byte_stores_then_load() {
  std::vector<std::uint32_t> pass;
  for (std::uint32_t i = 0; i < 8; ++i) pass.push_back(strb(kData, kMemory, i));
  pass.push_back(ldr(kData, kMemory));
  return pass;
}

std::vector<ForwardingCase> make_cases() {
  return {
      {"str x, ldr x", {str(kData, kMemory), ldr(kData, kMemory)}},
      {"str x, ldr w of its lower half", {str(kData, kMemory), ldr_w(kData, kMemory)}},
      {"str x, ldr w of its upper half", {str(kData, kMemory), ldr_w(kData, kMemory, 4)}},
      {"str x, ldr x across 64 bytes", {stur(kData, kMemory, kToEnd - 4), ldur(kData, kMemory, kToEnd - 4)}},
      {"stp x, ldp x", {stp(kData, kOther, kMemory), ldp(kData, kOther, kMemory)}},
      {"str q, ldr q", {str_q(kData, kMemory), ldr_q(kData, kMemory)}},
      {"str w, str w, ldr x of both", {str_w(kData, kMemory), str_w(kData, kMemory, 4), ldr(kData, kMemory)}},
      {"8 strb, ldr x of all", byte_stores_then_load()},
      {"str w, ldr x that is longer", {str_w(kData, kMemory), ldr(kData, kMemory)}},
      {"str w, str w, ldr x of both, across 64 bytes",
       {str_w(kData, kMemory, kToEnd - 4), str_w(kData, kMemory, kToEnd), ldur(kData, kMemory, kToEnd - 4)}},
  };
}

}  // namespace

const std::vector<ForwardingCase>& forwarding_cases() {
  static const std::vector<ForwardingCase> cases = make_cases();
  return cases;
}

Trial forwarding_trial(std::uint64_t which) {
  constexpr std::uint64_t kWarmPasses = 20;
  constexpr std::uint64_t kPasses = 20;
  const std::vector<std::uint32_t>& steps = forwarding_cases().at(which).pass;
  Code code;
  code.load_constant(kMemory, kTrialMemory + 32);
  const std::uint64_t setup = code.size();
  const std::uint64_t loop = code.here();
  for (std::uint64_t i = 0; i < kForwardingPasses; ++i) {
    for (const std::uint32_t word : steps) code.put(word);
  }
  code.jump_to(loop);
  const std::uint64_t pass = code.size() - setup;
  Trial trial;
  trial.warm_insts = setup + kWarmPasses * pass;
  trial.measured_insts = kPasses * pass;
  trial.units = static_cast<double>(kPasses * kForwardingPasses);
  trial.words = std::move(code).take();
  return trial;
}

Trial store_load_pairs_trial(Needs needs, std::uint64_t loads, std::uint64_t pairs) {
  constexpr Reg kBase = 3;
  constexpr Reg kConstant = 7;
  constexpr Reg kUnused = 8;
  Trial trial;
  Code code;
  code.load_constant(kBase, kTrialMemory);
  code.load_constant(kConstant, kTrialMemory);
  code.load_constant(kData, kTrialMemory);  // data, or the address of the store
  const std::uint64_t setup = code.size();
  const std::uint64_t loop = code.here();
  const Reg address = needs == Needs::kAddress ? kData : kBase;
  const Reg stored = needs == Needs::kData ? kData : kConstant;
  const Reg loaded = needs == Needs::kNothing ? kUnused : kData;
  for (std::uint32_t i = 0; i < pairs; ++i) {
    code.put(str(stored, address));
    code.put(ldr(loaded, kBase));
    if (loads == 2) code.put(ldr(kUnused, kBase));
  }
  code.jump_to(loop);
  const std::uint64_t pass = code.size() - setup;
  const std::uint64_t passes = std::max<std::uint64_t>(20, 20'000 / pass);
  trial.warm_insts = setup + passes * pass;
  trial.measured_insts = passes * pass;
  trial.units = static_cast<double>(passes * pairs);
  trial.words = std::move(code).take();
  return trial;
}

}  // namespace m2sim::calibration
