#include "cmd/compare/alignment.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace m2sim::cmd {
namespace {

constexpr std::size_t kMostCells = std::size_t{1} << 24U;  // of the table, two bytes each

// What a branch or adrp leads to moves with everything before it. It is the last operand and larger than any
// immediate but a rare one of a logical instruction.
std::string key_of(const std::string& text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::size_t kAddressDigits = 5;
  const std::size_t operand = text.rfind("#0x");
  if (operand == std::string::npos || text.size() - operand < 3 + kAddressDigits) return text;
  const bool last = text.find_first_not_of(kHex, operand + 3) == std::string::npos;
  return last ? text.substr(0, operand) : text;
}

std::vector<std::string> keys_of(const std::vector<RunInstruction>& code) {
  std::vector<std::string> keys;
  keys.reserve(code.size());
  for (const RunInstruction& instruction : code) keys.push_back(key_of(instruction.text));
  return keys;
}

class Aligner {
 public:
  Aligner(std::vector<std::string> before, std::vector<std::string> after)
      : before_(std::move(before)), after_(std::move(after)) {}

  Alignment run() {
    std::size_t same = 0;
    while (same < std::min(before_.size(), after_.size()) && before_[same] == after_[same]) ++same;
    std::size_t end_before = before_.size();
    std::size_t end_after = after_.size();
    while (end_before > same && end_after > same && before_[end_before - 1] == after_[end_after - 1]) {
      --end_before;
      --end_after;
    }
    for (std::size_t i = 0; i < same; ++i) pairs_.emplace_back(i, i);
    middle(same, end_before, end_after);
    for (; end_before < before_.size(); ++end_before, ++end_after) pairs_.emplace_back(end_before, end_after);
    return std::move(pairs_);
  }

 private:
  void middle(std::size_t start, std::size_t end_before, std::size_t end_after) {
    const std::size_t rows = end_before - start;
    const std::size_t columns = end_after - start;
    if (rows != 0 && columns != 0 && (rows + 1) * (columns + 1) <= kMostCells)
      return by_longest_common(start, rows, columns);
    for (std::size_t i = 0; i < std::max(rows, columns); ++i) {
      pairs_.emplace_back(i < rows ? std::optional(start + i) : std::nullopt,
                          i < columns ? std::optional(start + i) : std::nullopt);
    }
  }

  void by_longest_common(std::size_t start, std::size_t rows, std::size_t columns) {
    // length[i][j]: of the longest common subsequence from i and j on.
    std::vector<std::uint16_t> length((rows + 1) * (columns + 1));
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint16_t& {
      return length[i * (columns + 1) + j];
    };
    const auto same = [&](std::size_t i, std::size_t j) { return before_[start + i] == after_[start + j]; };
    for (std::size_t i = rows; i-- > 0;) {
      for (std::size_t j = columns; j-- > 0;) {
        at(i, j) = same(i, j) ? static_cast<std::uint16_t>(at(i + 1, j + 1) + 1)
                              : std::max(at(i + 1, j), at(i, j + 1));
      }
    }
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < rows || j < columns) {
      if (i < rows && j < columns && same(i, j)) {
        pairs_.emplace_back(start + i++, start + j++);
      } else if (j == columns || (i < rows && at(i + 1, j) >= at(i, j + 1))) {
        pairs_.emplace_back(start + i++, std::nullopt);
      } else {
        pairs_.emplace_back(std::nullopt, start + j++);
      }
    }
  }

  std::vector<std::string> before_;
  std::vector<std::string> after_;
  Alignment pairs_;
};

}  // namespace

Alignment aligned(const std::vector<RunInstruction>& before, const std::vector<RunInstruction>& after) {
  return Aligner(keys_of(before), keys_of(after)).run();
}

}  // namespace m2sim::cmd
