#include "timing/config/field_text.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace m2sim::timing {

namespace {

constexpr std::array<std::string_view, kPortCapabilityCount> kCapabilityNames{
#define CAPABILITY(name, text, meaning) text,
#include "timing/config/capabilities.inc"
#undef CAPABILITY
};

template <class Elements>
std::vector<std::string> names_of(const Elements& list) {
  std::vector<std::string> names;
  for (const auto& element : list) names.emplace_back(text_of(element.name));
  return names;
}

// The list that the field counts.
template <class Config, class Visit>
auto with_list(Config& config, const Field& field, Visit&& visit) {
  if (field.path.starts_with("ports.")) return visit(config.ports);
  if (field.path.starts_with("schedulers.")) return visit(config.schedulers);
  return visit(config.dispatch_queues);
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string bounds_of(const Field& field) {
  return "from " + std::to_string(field.min) + " to " + std::to_string(field.max);
}

std::string joined(std::span<const std::string> words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : between).append(word);
  return text;
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const std::string_view digits = hexadecimal ? text.substr(2) : text;
  std::uint32_t value = 0;
  const auto [end, code] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
  if (code != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::string set_number(CoreConfig& config, const Field& field, const std::string& word) {
  const std::optional<std::uint32_t> number = parse_number(word);
  if (!number || *number < field.min || *number > field.max) {
    return field.path + " = " + word + " is not a whole number " + bounds_of(field);
  }
  field.set(config, *number);
  return {};
}

std::string set_choice(CoreConfig& config, const Field& field, std::span<const std::string> words) {
  const std::vector<std::string> choices = choices_of(config, field.kind);
  std::uint32_t value = 0;
  for (const std::string& word : words) {
    const auto found = std::ranges::find(choices, word);
    if (found == choices.end()) {
      return field.path + ": there is no " + quoted(word) + "; there are " + joined(choices, ", ");
    }
    const auto place = static_cast<std::uint32_t>(found - choices.begin());
    value = field.kind == FieldKind::kCapabilities ? value | 1U << place : place;
  }
  field.set(config, value);
  return {};
}

std::string problem_of_names(const Field& field, std::span<const std::string> words) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789_-";
  if (words.size() < field.min || words.size() > field.max) {
    return field.path + ": " + std::to_string(words.size()) + " names; there can be " + bounds_of(field);
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.empty() || word.size() >= std::tuple_size_v<Name> || word == "names" ||
        word.find_first_not_of(kAllowed) != std::string::npos) {
      return field.path + ": " + quoted(word) + " is no name; one has 1 to " +
             std::to_string(std::tuple_size_v<Name> - 1) + " characters of a-z, 0-9, _ and -";
    }
    if (std::ranges::count(words, word) > 1) return field.path + ": " + quoted(word) + " stands there twice";
  }
  return {};
}

// Where the element at `place` of the old list is in the new one.
std::uint32_t moved(std::uint32_t place, std::span<const std::string> before,
                    std::span<const std::string> now) {
  if (place >= before.size()) return kNoElement;
  const auto found = std::ranges::find(now, before[place]);
  return found == now.end() ? kNoElement : static_cast<std::uint32_t>(found - now.begin());
}

// What an element is before it is described: it leads nowhere.
DispatchQueueConfig undescribed(const DispatchQueueConfig& /*of this type*/) { return {}; }
SchedulerConfig undescribed(const SchedulerConfig& /*of this type*/) { return {{}, 0, kNoElement}; }
PortConfig undescribed(const PortConfig& /*of this type*/) { return {{}, 0, kNoElement}; }

template <class Elements>
void rename_list(Elements& list, std::span<const std::string> words) {
  const Elements before = list;
  const std::vector<std::string> known = names_of(before);
  list = {};
  list.count = static_cast<std::uint32_t>(words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto found = std::ranges::find(known, words[i]);
    if (found != known.end()) {
      list[i] = before[static_cast<std::size_t>(found - known.begin())];
      continue;
    }
    list[i] = undescribed(list[i]);
    std::ranges::copy(words[i], list[i].name.begin());
  }
}

std::string set_names(CoreConfig& config, const Field& field, std::span<const std::string> words) {
  std::string problem = problem_of_names(field, words);
  if (!problem.empty()) return problem;
  const std::vector<std::string> queues = names_of(config.dispatch_queues);
  const std::vector<std::string> schedulers = names_of(config.schedulers);
  with_list(config, field, [&](auto& list) { rename_list(list, words); });
  for (SchedulerConfig& scheduler : config.schedulers) {
    scheduler.queue = moved(scheduler.queue, queues, names_of(config.dispatch_queues));
  }
  for (PortConfig& port : config.ports) {
    port.scheduler = moved(port.scheduler, schedulers, names_of(config.schedulers));
  }
  return {};
}

}  // namespace

std::vector<std::string> choices_of(const CoreConfig& config, FieldKind kind) {
  if (kind == FieldKind::kCapabilities) return {kCapabilityNames.begin(), kCapabilityNames.end()};
  if (kind == FieldKind::kDispatchQueue) return names_of(config.dispatch_queues);
  if (kind == FieldKind::kScheduler) return names_of(config.schedulers);
  return {};
}

std::vector<std::string> words_of(const CoreConfig& config, const Field& field) {
  const std::uint32_t value = field.get(config);
  const std::vector<std::string> choices = choices_of(config, field.kind);
  std::vector<std::string> words;
  switch (field.kind) {
    case FieldKind::kNumber:
      return {std::to_string(value)};
    case FieldKind::kNames:
      return with_list(config, field, [](const auto& list) { return names_of(list); });
    case FieldKind::kCapabilities:
      for (std::size_t bit = 0; bit < choices.size(); ++bit) {
        if ((value >> bit & 1U) != 0) words.push_back(choices[bit]);
      }
      return words;
    case FieldKind::kDispatchQueue:
    case FieldKind::kScheduler:
      return {value < choices.size() ? choices[value] : "none"};
  }
  return words;
}

std::string text_of(const CoreConfig& config, const Field& field) {
  return joined(words_of(config, field), ",");
}

std::string set_words(CoreConfig& config, const Field& field, std::span<const std::string> words) {
  if (field.kind == FieldKind::kNames) return set_names(config, field, words);
  const bool several = field.kind == FieldKind::kCapabilities;
  if (!several && words.size() != 1)
    return field.path + " takes one value, not " + std::to_string(words.size());
  return field.kind == FieldKind::kNumber ? set_number(config, field, words.front())
                                          : set_choice(config, field, words);
}

}  // namespace m2sim::timing
