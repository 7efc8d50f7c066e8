#include "timing/config/fields.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace m2sim::timing {

namespace {

using Labels = std::span<const std::string_view>;

constexpr std::array<std::string_view, kDispatchQueueCount> kQueueLabels{"int0", "int1", "mem", "fp"};
constexpr std::array<std::string_view, kSchedulerCount> kSchedulerLabels{
    "u1", "u2", "u3", "u4", "u5", "u6", "mem", "u11", "u12", "u13", "u14"};
constexpr std::array<std::string_view, kPortCount> kPortLabels{"u1", "u2", "u3",  "u4",  "u5",  "u6",  "u7",
                                                               "u8", "u9", "u10", "u11", "u12", "u13", "u14"};
constexpr std::array<std::string_view, kTageTableCount> kTageLabels{"1", "2", "3", "4", "5", "6"};

// One row of the table: a single member (no labels), or the same member of each element of an array.
struct Row {
  std::string_view path;
  Labels labels;
  std::string_view element;
  std::string_view unit;
  std::uint32_t min;
  std::uint32_t max;
  std::string_view meaning;
  std::uint32_t& (*member)(CoreConfig& config, unsigned index);
};

constexpr Row kRows[] = {
#define FIELD(path, unit, min, max, meaning) \
  {#path, {},  {},      unit,                \
   min,   max, meaning, [](CoreConfig& config, unsigned) -> std::uint32_t& { return config.path; }},
#define FIELD_ARRAY(array, labels, element, unit, min, max, meaning) \
  {#array,                                                           \
   labels,                                                           \
   #element,                                                         \
   unit,                                                             \
   min,                                                              \
   max,                                                              \
   meaning,                                                          \
   [](CoreConfig& config, unsigned index) -> std::uint32_t& { return config.array[index].element; }},
#include "timing/config/fields.inc"
#undef FIELD_ARRAY
#undef FIELD
};

constexpr std::size_t members_in_table() {
  std::size_t count = 0;
  for (const Row& row : kRows) {
    count += std::max<std::size_t>(row.labels.size(), 1);
  }
  return count;
}

// All members have the same size, so none is missing. (A test sets each to a value of its own, so none
// is there twice.)
static_assert(members_in_table() * sizeof(std::uint32_t) == sizeof(CoreConfig),
              "a member of CoreConfig is missing in timing/config/fields.inc");

std::string path_of(const Row& row, std::size_t index) {
  constexpr std::string_view kSilent = ".cache";
  std::string path(row.path);
  if (const std::size_t at = path.find(kSilent); at != std::string::npos) {
    path.erase(at, kSilent.size());
  }
  if (!row.labels.empty()) {
    path.append(".").append(row.labels[index]).append(".").append(row.element);
  }
  return path;
}

std::vector<Field> make_fields() {
  std::vector<Field> all;
  all.reserve(members_in_table());
  for (const Row& row : kRows) {
    for (std::size_t i = 0; i < std::max<std::size_t>(row.labels.size(), 1); ++i) {
      all.push_back(
          {path_of(row, i), row.unit, row.meaning, row.min, row.max, row.member, static_cast<unsigned>(i)});
    }
  }
  return all;
}

// Optimal string alignment: insertions, deletions, substitutions, and swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    last[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({row[j - 1] + 1, last[j] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::optional<std::uint64_t> parse_number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (code != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::string bounds(const Field& field) {
  return std::to_string(field.min) + " to " + std::to_string(field.max);
}

}  // namespace

std::span<const Field> fields() {
  static const std::vector<Field> all = make_fields();
  return all;
}

const Field* find_field(std::string_view path) {
  for (const Field& field : fields()) {
    if (field.path == path) {
      return &field;
    }
  }
  return nullptr;
}

std::string_view nearest_field(std::string_view path) {
  const auto all = fields();
  const auto distance = [&](const Field& field) { return edit_distance(path, field.path); };
  return std::ranges::min_element(all, {}, distance)->path;
}

bool set_field(CoreConfig& config, std::string_view path, std::string_view value, std::string& error) {
  const Field* const field = find_field(path);
  if (field == nullptr) {
    error = "no setting " + quoted(path) + "; the nearest is " + quoted(nearest_field(path));
    return false;
  }
  const std::optional<std::uint64_t> number = parse_number(value);
  if (!number) {
    error = std::string(path) + ": " + quoted(value) + " is not a number from " + bounds(*field);
    return false;
  }
  if (*number < field->min || *number > field->max) {
    error = std::string(path) + ": " + std::string(value) + " is not in " + bounds(*field);
    return false;
  }
  field->member(config, field->index) = static_cast<std::uint32_t>(*number);
  return true;
}

std::span<const std::string_view> builtin_core_names() {
  static constexpr std::array<std::string_view, 2> kNames{"m2-pcore", "m1-pcore"};
  return kNames;
}

std::optional<CoreConfig> builtin_core(std::string_view name) {
  if (name == builtin_core_names()[0]) {
    return m2_pcore();
  }
  if (name == builtin_core_names()[1]) {
    return m1_pcore();
  }
  return std::nullopt;
}

}  // namespace m2sim::timing
