#include "calibration/measured/event_name.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace m2sim::calibration {
namespace {

struct Event {
  std::string_view name;
  unsigned number;
};

#define APPLE_EVENT(name, number) Event{#name, number},
constexpr std::array kEvents{
#include "calibration/measured/apple_events.inc"
};
#undef APPLE_EVENT

struct Alias {
  std::string_view generic, name;
};

// As Linux maps its generic events on these cores.
constexpr std::array kAliases{
    Alias{"cycles", "CORE_ACTIVE_CYCLE"},        Alias{"cpu-cycles", "CORE_ACTIVE_CYCLE"},
    Alias{"instructions", "INST_ALL"},           Alias{"branches", "INST_BRANCH"},
    Alias{"branch-instructions", "INST_BRANCH"}, Alias{"branch-misses", "BRANCH_MISPRED_NONSPEC"}};

std::string_view name_of_number(std::string_view digits) {
  if (digits.starts_with("0x")) digits.remove_prefix(2);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return {};
  const auto found = std::ranges::find(kEvents, number, &Event::number);
  return found == kEvents.end() ? std::string_view() : found->name;
}

std::string_view apple_name(std::string_view event) {
  for (const std::string_view prefix : {"event=", "config="}) {
    if (event.starts_with(prefix)) return name_of_number(event.substr(prefix.size()));
  }
  if (const auto alias = std::ranges::find(kAliases, event, &Alias::generic); alias != kAliases.end()) {
    return alias->name;
  }
  if (const auto known = std::ranges::find(kEvents, event, &Event::name); known != kEvents.end()) {
    return known->name;
  }
  return event.starts_with('r') ? name_of_number(event.substr(1)) : std::string_view();
}

std::optional<CoreType> core_type_of(std::string_view pmu) {
  const auto has = [&](std::string_view name) { return pmu.find(name) != std::string_view::npos; };
  if (has("firestorm") || has("avalanche")) return CoreType::kPerformance;
  if (has("icestorm") || has("blizzard")) return CoreType::kEfficiency;
  return std::nullopt;
}

}  // namespace

EventName event_name(std::string_view event) {
  EventName found;
  if (event.starts_with("pmu.")) event.remove_prefix(4);
  if (const std::size_t slash = event.find('/'); slash != std::string_view::npos) {
    found.core_type = core_type_of(event.substr(0, slash));
    event.remove_prefix(slash + 1);
    event = event.substr(0, event.find('/'));
  }
  event = event.substr(0, event.find_first_of(":,"));  // modifiers, further parameters
  if (const std::string_view name = apple_name(event); !name.empty())
    found.counter = "pmu." + std::string(name);
  return found;
}

std::vector<std::string> known_events() {
  std::vector<std::string> names;
  for (const Alias& alias : kAliases) names.emplace_back(alias.generic);
  for (const Event& event : kEvents) names.emplace_back(event.name);
  return names;
}

}  // namespace m2sim::calibration
