// Loops for tests of both timing models: a body, the loop's own three instructions, and its cycles.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/timing/synthetic.h"
#include "timing/config/config.h"
#include "timing/core/core.h"
#include "timing/fast/fast_core.h"

namespace m2sim::timing {

using Models = ::testing::Types<Core, FastCore>;

struct ModelNames {
  template <class T>
  static std::string GetName(int) {
    return std::is_same_v<T, Core> ? "Core" : "FastCore";
  }
};

using Words = std::vector<std::uint32_t>;
using Addresses = std::vector<std::uint64_t>;

inline Words repeat(unsigned times, const Words& words) {
  Words result;
  for (unsigned i = 0; i < times; ++i) result.insert(result.end(), words.begin(), words.end());
  return result;
}

inline constexpr std::uint64_t kCode = 0x400000;
inline constexpr std::uint64_t kData = 0x800000;

// add x28, x28, #1; cmp x28, x27; b.lt: the last two are one fused uop of two slots.
inline void close_loop(Words& body) {
  body.push_back(a64::add(28, 28, 1));
  body.push_back(a64::cmp(28, 27));
  body.push_back(a64::b_lt(-4 * static_cast<std::int32_t>(body.size())));
}
inline constexpr unsigned kLoopSlots = 3;
inline constexpr unsigned kLoopIssues = 2;

// Cycles a pass in the steady state.
template <class Model>
double loop_cycles(const CoreConfig& config, Words body, const Addresses& addresses = {}) {
  close_loop(body);
  return cycles_per_iteration<Model>(config, [&](SyntheticProgram& program, std::uint64_t n) {
    const std::uint32_t id = program.block(kCode, body);
    for (std::uint64_t i = 0; i < n; ++i) program.run(id, addresses);
  });
}

// `links` times `link`: cycles of one.
template <class Model>
double chain_cycles(const CoreConfig& config, const Words& link, const Addresses& addresses = {}) {
  constexpr unsigned kLinks = 20;
  Addresses all;
  for (unsigned i = 0; i < kLinks; ++i) all.insert(all.end(), addresses.begin(), addresses.end());
  return loop_cycles<Model>(config, repeat(kLinks, link), all) / kLinks;
}

// Fixture of tests that run for both models.
struct ModelTest : public ::testing::Test {
  CoreConfig config = m2_pcore();
};

}  // namespace m2sim::timing
