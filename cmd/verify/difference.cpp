#include "cmd/verify/difference.h"

#include <algorithm>
#include <cstring>
#include <fstream>

#include "cmd/console/failure.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t kPart = std::size_t{1} << 16U;
constexpr std::uint64_t kShown = 100;  // bytes of a line
constexpr std::size_t kLinesBefore = 2;

class Reader {
 public:
  explicit Reader(const std::string& path) : file_(path, std::ios::binary), part_(kPart) {
    if (!file_) throw failure("cannot read '{}': {}", path, std::strerror(errno));
  }

  std::size_t next() {
    file_.read(part_.data(), static_cast<std::streamsize>(kPart));
    return static_cast<std::size_t>(file_.gcount());
  }
  const char* data() const { return part_.data(); }

  // From `offset` to the end of its line, as far as it is shown.
  std::string line(std::uint64_t offset) {
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(offset));
    std::string text(kShown, '\0');
    file_.read(text.data(), static_cast<std::streamsize>(kShown));
    text.resize(static_cast<std::size_t>(file_.gcount()));
    if (text.empty()) return "(end)";
    text.resize(std::min(text.find('\n'), text.size()));
    return text;
  }

 private:
  std::ifstream file_;
  std::vector<char> part_;
};

// Where the last lines began.
struct Lines {
  std::array<std::uint64_t, kLinesBefore + 1> begins{};
  std::uint64_t count = 1;

  void pass(const char* text, std::size_t bytes, std::uint64_t offset) {
    const char* const end = text + bytes;
    for (const char* at = text; (at = std::find(at, end, '\n')) != end;) {
      ++at;
      std::rotate(begins.begin(), begins.begin() + 1, begins.end());
      begins.back() = offset + static_cast<std::uint64_t>(at - text);
      ++count;
    }
  }
};

}  // namespace

std::optional<FileDifference> first_difference(const std::string& first, const std::string& second) {
  std::array<Reader, 2> files{Reader(first), Reader(second)};
  Lines lines;
  std::uint64_t offset = 0;
  for (;;) {
    const std::size_t most = files[0].next();
    const std::size_t other = files[1].next();
    const std::size_t both = std::min(most, other);
    const char* const at = files[0].data();
    const std::size_t same =
        static_cast<std::size_t>(std::mismatch(at, at + both, files[1].data()).first - at);
    lines.pass(at, same, offset);
    offset += same;
    if (same == both && most == other) {
      if (both == 0) return std::nullopt;
      continue;
    }
    FileDifference difference{offset, lines.count, {}, {}};
    const std::uint64_t begin = std::max(lines.begins.back(), offset - std::min(offset, kShown / 2));
    const std::size_t before = std::min<std::uint64_t>(kLinesBefore, lines.count - 1);
    for (std::size_t i = kLinesBefore - before; i < kLinesBefore; ++i)
      difference.before.push_back(files[0].line(lines.begins[i]));
    for (std::size_t i = 0; i < files.size(); ++i) difference.here[i] = files[i].line(begin);
    return difference;
  }
}

}  // namespace m2sim::cmd
