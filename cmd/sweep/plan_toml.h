// Nodes of a plan as values: what they must be, and where they stand.
#pragma once

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/sweep/plan.h"

namespace m2sim::cmd {

class PlanText {
 public:
  explicit PlanText(std::string file_name) : file_name_(std::move(file_name)) {}

  std::string where(const toml::node& node) const {
    return fmt::format("{}, line {}", file_name_, node.source().begin.line);
  }

  void require_keys(const toml::table& table, std::string_view what,
                    std::initializer_list<std::string_view> known) const {
    const std::vector<std::string> names(known.begin(), known.end());
    for (const auto& [key, node] : table) {
      if (std::ranges::find(names, key.str()) != names.end()) continue;
      throw failure("{}, line {}: {} has no '{}'{}", file_name_, key.source().begin.line, what, key.str(),
                    did_you_mean(key.str(), names));
    }
  }

  std::string text(const toml::node& node, std::string_view name) const {
    const auto* value = node.as_string();
    if (value == nullptr || value->get().empty()) throw failure("{}: {} must be a text", where(node), name);
    return value->get();
  }

  // A text, or a list of them; numbers are as good.
  Words words(const toml::node& node, std::string_view name) const {
    const toml::array* list = node.as_array();
    if (list == nullptr) return {word(node, name)};
    Words found;
    for (const toml::node& element : *list) found.push_back(word(element, name));
    return found;
  }

  std::string word(const toml::node& node, std::string_view name) const {
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* flag = node.as_boolean()) return flag->get() ? "1" : "0";
    if (const auto* value = node.as_string()) return value->get();
    throw failure("{}: {} must be a text, a whole number, or a list of these", where(node), name);
  }

  std::int64_t whole(const toml::node& node, std::string_view name, std::int64_t least,
                     std::int64_t most) const {
    const auto* number = node.as_integer();
    if (number == nullptr || number->get() < least || number->get() > most)
      throw failure("{}: {} must be a whole number from {} to {}", where(node), name, least, most);
    return number->get();
  }

  double seconds(const toml::node& node, std::string_view name) const {
    const std::optional<double> number = node.value<double>();
    if (!number || !(*number > 0) || !std::isfinite(*number))
      throw failure("{}: {} must be a number of seconds above 0", where(node), name);
    return *number;
  }

  const toml::table& table(const toml::node& node, std::string_view name) const {
    const toml::table* found = node.as_table();
    if (found == nullptr) throw failure("{}: {} must be a table", where(node), name);
    return *found;
  }

  const std::string& file_name() const { return file_name_; }

 private:
  std::string file_name_;
};

// The keys as they stand in the file: a table sorts them.
inline std::vector<std::pair<std::string, const toml::node*>> in_order(const toml::table& table) {
  std::vector<std::pair<std::string, const toml::node*>> entries;
  for (const auto& [key, node] : table) entries.emplace_back(std::string(key.str()), &node);
  std::ranges::stable_sort(entries, [](const auto& a, const auto& b) {
    const auto place = [](const auto& entry) {
      const toml::source_position at = entry.second->source().begin;
      return std::pair(at.line, at.column);
    };
    return place(a) < place(b);
  });
  return entries;
}

// The points of [settings] and [latin]; notes in the plan where each path stands.
std::vector<Settings> read_points(const PlanText& text, const toml::table& root, SweepPlan& plan);

}  // namespace m2sim::cmd
