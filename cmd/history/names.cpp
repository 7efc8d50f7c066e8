#include <algorithm>
#include <charconv>

#include "cmd/console/failure.h"
#include "cmd/history/compare.h"

namespace m2sim::cmd {
namespace {

constexpr std::string_view kLast = "last";
constexpr std::size_t kShortestRevision = 4;

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string known_ids(const std::vector<HistoryRecord>& list) {
  return fmt::format("{} to {}", list.front().id, list.back().id);
}

std::size_t counted_back(const std::string& name, const std::vector<HistoryRecord>& list) {
  const std::string_view rest = std::string_view(name).substr(kLast.size());
  std::size_t back = 0;
  if (!rest.empty()) {
    const std::string_view digits = rest.substr(1);
    const bool good = rest[0] == '~' && is_number(digits) &&
                      std::from_chars(digits.data(), digits.data() + digits.size(), back).ec == std::errc();
    if (!good) throw failure("history: '{}' names no record; write last, or last~1 for the one before", name);
  }
  if (back >= list.size())
    throw failure("history: there is no '{}': only {} are recorded", name, list.size());
  return list.size() - 1 - back;
}

// Those of the revision that begins so; of more than one revision is an error.
std::vector<std::size_t> of_revision(const std::string& name, const std::vector<HistoryRecord>& list) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const bool exact = list[i].revision == name;
    if (!exact && (name.size() < kShortestRevision || !list[i].revision.starts_with(name))) continue;
    found.push_back(i);
  }
  // A revision and the same with changes on top are two; the plain one is meant.
  const auto is_dirty = [&](std::size_t i) { return list[i].revision.ends_with("-dirty"); };
  if (!name.ends_with("-dirty") && !std::all_of(found.begin(), found.end(), is_dirty))
    std::erase_if(found, is_dirty);
  for (const std::size_t i : found) {
    if (list[i].revision != list[found.front()].revision) {
      throw failure("history: '{}' begins several revisions: {} and {}", name, list[found.front()].revision,
                    list[i].revision);
    }
  }
  return found;
}

}  // namespace

std::vector<std::size_t> named_records(const std::string& name, const std::vector<HistoryRecord>& list) {
  if (list.empty()) throw failure("history: nothing has been recorded");
  if (name.starts_with(kLast)) return {counted_back(name, list)};
  if (is_number(name)) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (std::to_string(list[i].id) == name) return {i};
    }
  }
  std::vector<std::size_t> found = of_revision(name, list);
  if (found.empty()) {
    throw failure(
        "history: there is no record '{}'; ids are {}, or name a revision by at least {} characters, or last",
        name, known_ids(list), kShortestRevision);
  }
  return found;
}

}  // namespace m2sim::cmd
