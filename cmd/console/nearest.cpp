#include "cmd/console/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <vector>

namespace m2sim::cmd {

unsigned edit_distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<unsigned> cost((a.size() + 1) * width);
  const auto at = [&](std::size_t i, std::size_t j) -> unsigned& { return cost[i * width + j]; };
  for (std::size_t i = 0; i <= a.size(); ++i) at(i, 0) = static_cast<unsigned>(i);
  for (std::size_t j = 0; j <= b.size(); ++j) at(0, j) = static_cast<unsigned>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const unsigned replaced = at(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0U : 1U);
      unsigned best = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) best = std::min(best, at(i - 2, j - 2) + 1);
      at(i, j) = best;
    }
  }
  return at(a.size(), b.size());
}

namespace {

constexpr std::string_view kSeparators = "-._: ";
constexpr std::size_t kMostListed = 8;  // where nothing is near, so few are named all

std::vector<std::string_view> words_of(std::string_view name) {
  std::vector<std::string_view> words;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find_first_of(kSeparators), name.size());
    if (end != 0) words.push_back(name.substr(0, end));
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return words;
}

// "fast" of "fast-timing", "m2" of "m2-pcore", "annot" of "annotate".
bool is_short_for(std::string_view name, std::string_view candidate) {
  const auto words = words_of(candidate);
  auto word = words.begin();
  for (const std::string_view wanted : words_of(name)) {
    word = std::find_if(word, words.end(), [&](std::string_view w) { return w.starts_with(wanted); });
    if (word == words.end()) return false;
    ++word;
  }
  return !words_of(name).empty();
}

// "rob.size" and "rob.groups".
bool same_table(std::string_view a, std::string_view b) {
  const std::size_t dot = a.find('.');
  return dot != std::string_view::npos && a.substr(0, dot + 1) == b.substr(0, dot + 1);
}

}  // namespace

std::string nearest(std::string_view name, std::span<const std::string> candidates) {
  const unsigned cut_off = std::max(1U, static_cast<unsigned>(name.size() / 3));
  unsigned best = UINT_MAX;
  std::string found;
  for (const std::string& candidate : candidates) {
    unsigned distance = edit_distance(name, candidate);
    const bool near = distance <= cut_off;
    if (!near && !is_short_for(name, candidate) && !same_table(name, candidate)) continue;
    if (!near && is_short_for(name, candidate)) distance = cut_off;  // as good as the worst typing error
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  const std::string found = nearest(name, candidates);
  if (!found.empty()) return fmt::format("; did you mean '{}'?", found);
  if (candidates.empty() || candidates.size() > kMostListed) return "";
  return fmt::format("; there {} {}", candidates.size() == 1 ? "is" : "are", fmt::join(candidates, ", "));
}

}  // namespace m2sim::cmd
