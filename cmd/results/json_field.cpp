#include "cmd/results/json_field.h"

#include <fmt/format.h>

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

std::string said(const ordered_json& json) {
  constexpr std::size_t kMostShown = 40;
  if (json.is_array()) return "a list";
  if (json.is_object()) return "an object";
  // Its own marks make clear that a number is a text.
  const std::string text = json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return text.size() <= kMostShown ? text : text.substr(0, kMostShown) + "...";
}

}  // namespace

JsonProblem JsonField::problem(const std::string& must) const {
  return JsonProblem(fmt::format("{} must be {}, and is {}", name_, must, said(*json_)));
}

std::optional<JsonField> JsonField::find(const std::string& name) const {
  if (!json_->is_object()) throw problem("an object");
  const auto found = json_->find(name);
  if (found == json_->end() || found->is_null()) return std::nullopt;
  return JsonField(*found, name_.empty() ? name : name_ + "." + name);
}

JsonField JsonField::at(const std::string& name) const {
  if (std::optional<JsonField> found = find(name)) return *std::move(found);
  throw JsonProblem(fmt::format("it has no {}{}{}", name_, name_.empty() ? "" : ".", name));
}

JsonField JsonField::at(std::size_t index) const {
  if (!json_->is_array() || index >= json_->size())
    throw problem(fmt::format("a list of {} or more", index + 1));
  return {(*json_)[index], fmt::format("{}[{}]", name_, index)};
}

std::vector<JsonField> JsonField::elements() const {
  if (!json_->is_array()) throw problem("a list");
  std::vector<JsonField> fields;
  for (std::size_t i = 0; i < json_->size(); ++i) fields.push_back(at(i));
  return fields;
}

std::vector<std::pair<std::string, JsonField>> JsonField::members() const {
  if (!json_->is_object()) throw problem("an object");
  std::vector<std::pair<std::string, JsonField>> fields;
  for (const auto& [name, value] : json_->items())
    fields.emplace_back(name, JsonField(value, name_ + "." + name));
  return fields;
}

std::string JsonField::text() const {
  if (!json_->is_string()) throw problem("a text");
  return json_->get<std::string>();
}

std::vector<std::string> JsonField::texts() const {
  std::vector<std::string> all;
  for (const JsonField& field : elements()) all.push_back(field.text());
  return all;
}

std::uint64_t JsonField::whole(std::uint64_t least, std::uint64_t most) const {
  const bool fits = json_->is_number_unsigned() && json_->get<std::uint64_t>() >= least &&
                    json_->get<std::uint64_t>() <= most;
  if (!fits) throw problem(fmt::format("a whole number from {} to {}", least, most));
  return json_->get<std::uint64_t>();
}

std::int64_t JsonField::signed_whole() const {
  const bool too_large =
      json_->is_number_unsigned() && json_->get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max();
  if (!json_->is_number_integer() || too_large) throw problem("a whole number");
  return json_->get<std::int64_t>();
}

double JsonField::number(double least, double most) const {
  if (!json_->is_number()) throw problem("a number");
  const auto value = json_->get<double>();
  if (!(value >= least && value <= most)) throw problem(fmt::format("a number from {} to {}", least, most));
  return value;
}

}  // namespace m2sim::cmd
