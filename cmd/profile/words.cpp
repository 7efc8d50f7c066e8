#include "cmd/profile/words.h"

#include <algorithm>

#include "cmd/console/failure.h"

namespace m2sim::cmd {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

// Takes one word off the front; false when a quote does not end.
bool take_word(std::string_view& line, std::string& word) {
  while (!line.empty() && kBlanks.find(line.front()) == std::string_view::npos) {
    const char first = line.front();
    line.remove_prefix(1);
    if (first != '\'' && first != '"') {
      word += first;
      continue;
    }
    const std::size_t end = line.find(first);
    if (end == std::string_view::npos) return false;
    word += line.substr(0, end);
    line.remove_prefix(end + 1);
  }
  return true;
}

void skip_blanks(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
}

}  // namespace

std::vector<std::string> split_words(std::string_view line) {
  const std::string_view whole = line;
  std::vector<std::string> words;
  for (skip_blanks(line); !line.empty(); skip_blanks(line)) {
    if (!take_word(line, words.emplace_back())) throw failure("a quote does not end in \"{}\"", whole);
  }
  if (words.empty() || words.front().empty()) throw failure("\"{}\" names no program", whole);
  return words;
}

}  // namespace m2sim::cmd
