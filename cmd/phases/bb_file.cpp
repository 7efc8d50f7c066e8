#include "cmd/phases/bb_file.h"

#include <fmt/format.h>

#include <charconv>
#include <sstream>

#include "cmd/console/failure.h"
#include "cmd/guest/simpoint_files.h"

namespace m2sim::cmd {
namespace {

// ":12:3456". False: it is none.
bool parse(const std::string& word, timing::BlockCount& count) {
  const char* const end = word.data() + word.size();
  if (word.front() != ':') return false;
  const auto [colon, bad_block] = std::from_chars(word.data() + 1, end, count.block);
  if (bad_block != std::errc() || colon == end || *colon != ':') return false;
  const auto [rest, bad_count] = std::from_chars(colon + 1, end, count.insts);
  return bad_count == std::errc() && rest == end;
}

}  // namespace

std::string bb_line(std::span<const timing::BlockCount> vector) {
  std::string text = "T";
  for (const timing::BlockCount& count : vector)
    fmt::format_to(std::back_inserter(text), ":{}:{} ", count.block, count.insts);
  text += '\n';
  return text;
}

void read_bb_file(const std::string& path,
                  const std::function<void(const std::vector<timing::BlockCount>& vector)>& interval) {
  std::vector<timing::BlockCount> vector;
  std::uint64_t sum = 0;
  for (const NumberedLine& line : lines_of(path)) {
    if (line.text.front() == '#') continue;
    if (!line.ends)
      throw failure("'{}', line {}: the file ends inside this line; make it anew, or take the line out", path,
                    line.number);
    vector.clear();
    std::istringstream words(line.text);
    std::string word;
    if (line.text.front() != 'T')
      throw failure("'{}', line {}: this is no basic-block vector: it does not begin with 'T:'", path,
                    line.number);
    words.ignore(1);
    while (words >> word) {
      timing::BlockCount count{};
      if (!parse(word, count))
        throw failure("'{}', line {}: '{}' is not ':block:instructions'", path, line.number,
                      beginning_of(word));
      if (count.insts > UINT64_MAX - sum)
        throw failure("'{}', line {}: the instructions up to there are more than fit 64 bits", path,
                      line.number);
      sum += count.insts;
      vector.push_back(count);
    }
    interval(vector);
  }
  if (sum == 0) throw failure("'{}' has no basic-block vectors", path);
}

}  // namespace m2sim::cmd
