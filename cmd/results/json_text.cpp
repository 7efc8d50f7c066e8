#include "cmd/results/json_text.h"

#include <string_view>

#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t kMostDepth = 100;

bool nests_too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') in_string = !in_string;
    if (in_string) {
      if (c == '\\') ++i;
    } else if (c == '[' || c == '{') {
      if (++depth > kMostDepth) return true;
    } else if ((c == ']' || c == '}') && depth != 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace

std::string read_json_text(const std::string& path) {
  std::string text = read_file(path);
  if (nests_too_deep(text))
    throw failure("'{}' has values that lie more than {} deep in each other; m2sim writes no such file", path,
                  kMostDepth);
  return text;
}

}  // namespace m2sim::cmd
