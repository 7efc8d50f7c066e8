#include "timing/phases/strata.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "timing/phases/draw.h"

namespace m2sim::timing {
namespace {

constexpr std::size_t kOfStratum = 2;  // fewer say nothing of how much its members differ
// A member counts for as much as so many times what is new in all of them on average, and for what is new in
// it. Chosen on a run of Debian's python3, of which intervals were timed one by one.
constexpr double kOld = 2;

std::vector<std::size_t> drawn_of(const std::vector<StratumMember>& members, std::uint64_t longest,
                                  Random& random) {
  std::vector<std::size_t> all;
  std::vector<std::size_t> long_ones;
  for (const StratumMember& one : members) {
    all.push_back(one.interval);
    if (2 * one.insts > longest) long_ones.push_back(one.interval);
  }
  return drawn(long_ones.empty() ? all : long_ones, kOfStratum, random);
}

}  // namespace

std::vector<Stratum> drawn_by_strata(std::span<const StratumMember> members, std::size_t count,
                                     std::uint64_t longest, Random& random) {
  std::vector<StratumMember> ordered(members.begin(), members.end());
  std::ranges::sort(ordered, {},
                    [](const StratumMember& one) { return std::tuple(one.new_blocks, one.interval); });
  const double all_new = std::accumulate(
      ordered.begin(), ordered.end(), 0.0,
      [](double sum, const StratumMember& one) { return sum + static_cast<double>(one.new_blocks); });
  const auto many = static_cast<double>(ordered.size());
  const double old = all_new == 0 ? 1 : kOld * all_new / many;
  const std::size_t strata = std::max<std::size_t>(1, count / kOfStratum);
  const double width = (old * many + all_new) / static_cast<double>(strata);

  std::vector<Stratum> cut(strata);
  double before = 0;
  for (const StratumMember& one : ordered) {
    const double size = old + static_cast<double>(one.new_blocks);
    cut[std::min(strata - 1, static_cast<std::size_t>((before + size / 2) / width))].members.push_back(one);
    before += size;
  }
  std::erase_if(cut, [](const Stratum& one) { return one.members.empty(); });
  for (Stratum& stratum : cut) stratum.drawn = drawn_of(stratum.members, longest, random);
  return cut;
}

}  // namespace m2sim::timing
