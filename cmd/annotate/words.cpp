#include "cmd/annotate/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "cmd/results/report.h"

namespace m2sim::cmd {

std::string rounded(double cycles) {
  constexpr double kSmall = 100;
  if (cycles < kSmall) return fmt::format("{:.1f}", cycles);
  return grouped(static_cast<std::uint64_t>(std::llround(cycles)));
}

std::string grouped_signed(std::int64_t value) {
  const auto magnitude = static_cast<std::uint64_t>(value < 0 ? -value : value);
  return (value < 0 ? "-" : "") + grouped(magnitude);
}

std::string per(double cycles, std::int64_t count) {
  return count <= 0 ? "-" : fmt::format("{:.3f}", cycles / static_cast<double>(count));
}

std::string percent(double share) { return fmt::format("{:.1f}", 100 * share); }

Color color_of(double share) {
  constexpr double kHot = 0.1;
  constexpr double kWarm = 0.02;
  return share >= kHot ? Color::kRed : share >= kWarm ? Color::kYellow : Color::kNone;
}

std::string shortened(std::string_view text, std::size_t most) {
  const std::string shown = printable(text);
  return shown.size() <= most ? shown : shown.substr(0, most - 3) + "...";
}

std::string title_of(const FunctionCost& function) {
  if (function.file == nullptr) return function.name;
  return fmt::format("{} ({})", plain_name(function.name), function.object);
}

std::string plain_name(const std::string& function) {
  constexpr std::string_view kAnonymous = "(anonymous namespace)";
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < function.size(); ++i) {
    if (function.compare(i, kAnonymous.size(), kAnonymous) == 0) {
      i += kAnonymous.size() - 1;
      continue;
    }
    const char c = function[i];
    if (c == '<') ++depth;
    if (c == '>') --depth;
    if (depth != 0) continue;
    if (c == ' ') begin = i + 1;
    if (c == '(' && !std::string_view(function).substr(begin, i - begin).ends_with("operator"))
      return function.substr(begin, i - begin);
  }
  return function;
}

std::vector<std::pair<timing::StallReason, std::uint64_t>> sorted_causes(const SlotStack& stack,
                                                                         bool with_base) {
  std::vector<std::pair<timing::StallReason, std::uint64_t>> causes;
  for (std::size_t r = 0; r < stack.size(); ++r) {
    const auto reason = static_cast<timing::StallReason>(r);
    if (stack[r] != 0 && (with_base || reason != timing::StallReason::kBase))
      causes.emplace_back(reason, stack[r]);
  }
  std::stable_sort(causes.begin(), causes.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return causes;
}

std::string leading_causes(const SlotStack& stack, std::size_t most) {
  constexpr double kLeast = 0.05;  // of the slots, to be named
  const auto all = static_cast<double>(std::accumulate(stack.begin(), stack.end(), std::uint64_t{0}));
  std::string text;
  for (const auto& [reason, slots] : sorted_causes(stack, false)) {
    const double share = static_cast<double>(slots) / all;
    if (most-- == 0 || share < kLeast) break;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {:.0f}%", timing::kStallInfo[static_cast<std::size_t>(reason)].name, 100 * share);
  }
  return text;
}

}  // namespace m2sim::cmd
