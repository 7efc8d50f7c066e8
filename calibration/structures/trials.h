// The programs of the curves, each a known test of one structure. A trial is made from nothing but its x.
#pragma once

#include <cstdint>
#include <vector>

#include "calibration/structures/trial.h"

namespace m2sim::calibration {

// --- The front end (front_end.cpp)
// A loop of `insts` instructions, no-operations but for its end, that begins `before_page` bytes before a
// page.
Trial fetch_trial(std::uint64_t insts, std::uint64_t before_page);
// As many taken branches, each to the next, `spacing` bytes apart.
Trial taken_branches_trial(std::uint64_t branches, std::uint64_t spacing);
// One taken branch on each of as many pages of code.
Trial code_pages_trial(std::uint64_t pages);
// Calls as deep; `sites`: from each function one or two calls, by turns, so that only a stack of return
// addresses knows where to.
Trial calls_trial(std::uint64_t depth, std::uint64_t sites);
// Conditional branches on the bits of a register, which are random, or 0 and 1 by turns.
enum class Bits : std::uint8_t { kRandom, kAlternating };
Trial conditional_branches_trial(Bits bits);

// --- The window (window.cpp)
// Two independent chains by turns, with fillers behind the links of both: links overlap as long as what
// stands between them finds room. A pass takes one link's time, or two.
enum class Link : std::uint8_t {
  kMiss,       // a load of a line that only DRAM has
  kTwoMisses,  // two of them, each the address of the next: time enough for thousands of fillers
  kRoots,      // square roots: nothing in memory waits, so that loads become non-speculative
  kMissRoots,  // a miss by turns with square roots, which need no place in the memory scheduler
};
// `dependent`: the fillers read x6 and d6, which the link gives.
struct Filler {
  std::uint32_t word;
  bool dependent = false;
};
Trial window_trial(Link link, Filler filler, std::uint64_t fillers);

// --- Memory (memory.cpp)
// Loads, each of the address of the next, in random order over `bytes`.
Trial latency_trial(std::uint64_t bytes);
// The same over as many pages, `stride` bytes apart, a line on each: all first of their pages, which share a
// set of the L1D, or not.
enum class InPage : std::uint8_t { kFirst, kLineOfItsOwn };
Trial pages_trial(std::uint64_t pages, std::uint64_t stride, InPage in_page);
// As many chains of loads side by side over far more than any cache holds. A unit is a load.
Trial parallel_misses_trial(std::uint64_t lanes);
enum class Stream : std::uint8_t { kRead, kWrite, kCopy };
// Passes over `bytes` in order, with pairs of 16-byte registers. A unit is a byte read or written; of a copy
// a byte copied.
Trial stream_trial(Stream stream, std::uint64_t bytes);

// --- Stores and the loads behind them (forwarding.cpp)
struct ForwardingCase {
  const char* name;
  std::vector<std::uint32_t> pass;  // from x0, v0 to x0, v0 through memory at x1
};
const std::vector<ForwardingCase>& forwarding_cases();
// In a loop of so many passes: ocxtal's insn_bench_aarch64, of which the M1's figures are, repeats 144.
inline constexpr std::uint64_t kForwardingPasses = 144;
Trial forwarding_trial(std::uint64_t which);
// As many pairs of a store and a load (or two) of what it wrote, all at one place, as in the source. In what
// the store needs of the pair before: nothing, its data, or its address.
enum class Needs : std::uint8_t { kNothing, kData, kAddress };
Trial store_load_pairs_trial(Needs needs, std::uint64_t loads, std::uint64_t pairs);

}  // namespace m2sim::calibration
