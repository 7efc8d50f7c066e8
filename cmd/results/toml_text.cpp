#include "cmd/results/toml_text.h"

#include <algorithm>
#include <optional>

#include "cmd/console/failure.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t kMostParts = 16;

// Looks at the dots between the parts of keys; what is no TOML otherwise is for the library to say.
class Keys {
 public:
  explicit Keys(std::string_view text) : text_(text) {}

  // The line of the first key that has too many parts.
  std::optional<std::size_t> line_of_long_key() {
    constexpr std::string_view kInKey = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_- \t";
    for (std::size_t dots = 0; at_ < text_.size();) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        pass_string(c);
      } else if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        if (c == '.') {
          if (++dots >= kMostParts) return line();
        } else if (kInKey.find(c) == std::string_view::npos) {
          dots = 0;
        }
        ++at_;
      }
    }
    return std::nullopt;
  }

 private:
  std::size_t line() const {
    return 1 + static_cast<std::size_t>(std::count(text_.begin(), text_.begin() + at_, '\n'));
  }

  // Up to its end, or the line's where it has none.
  void pass_string(char quote) {
    const std::string three(3, quote);
    const bool long_one = text_.substr(at_).starts_with(three);
    at_ += long_one ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n' && !long_one) return;
      if (c == '\\' && quote == '"') {
        at_ = std::min(at_ + 2, text_.size());
      } else if (c != quote) {
        ++at_;
      } else if (!long_one) {
        ++at_;
        return;
      } else if (text_.substr(at_).starts_with(three)) {
        // Up to two before the last three belong to the string.
        const std::size_t behind = std::min(text_.find_first_not_of(quote, at_), text_.size());
        at_ = std::min(behind, at_ + 5);
        return;
      } else {
        ++at_;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

toml::table parse_toml(std::string_view text, const std::string& file_name) {
  if (const std::optional<std::size_t> line = Keys(text).line_of_long_key()) {
    throw failure("{}, line {}: a name here has more than {} parts with dots between; no name needs so many",
                  file_name, *line, kMostParts);
  }
  try {
    return toml::parse(text, file_name);
  } catch (const toml::parse_error& error) {
    throw failure("{}, line {}, column {}: {}", file_name, error.source().begin.line,
                  error.source().begin.column, error.description());
  }
}

}  // namespace m2sim::cmd
