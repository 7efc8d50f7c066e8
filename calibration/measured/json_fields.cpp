#include "calibration/measured/json_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "calibration/measured/measurement_error.h"

namespace m2sim::calibration {

using nlohmann::json;

nlohmann::json parse_json(std::string_view text, const std::string& where) {
  std::vector<std::set<std::string>> names;
  std::string twice;
  const auto note = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) names.emplace_back();
    if (event == json::parse_event_t::object_end) names.pop_back();
    if (event == json::parse_event_t::key && !names.back().insert(parsed.get<std::string>()).second) {
      twice = parsed.get<std::string>();
    }
    return true;
  };
  try {
    json parsed = json::parse(text, note);
    if (!twice.empty()) throw MeasurementError(fmt::format("{}: one object has '{}' twice", where, twice));
    return parsed;
  } catch (const json::exception& error) {
    const std::string what = error.what();
    throw MeasurementError(
        fmt::format("{} is no JSON: {}", where, what.substr(std::min(what.find("] ") + 2, what.size()))));
  }
}

JsonFields::JsonFields(const json& object, std::string where) : json_(&object), where_(std::move(where)) {
  if (!object.is_object()) fail(fmt::format("is no object but {}", object.type_name()));
}

void JsonFields::fail(const std::string& what) const {
  throw MeasurementError(fmt::format("{}: {}", where_, what));
}

bool JsonFields::has(const char* name) {
  known_.emplace_back(name);
  return json_->contains(name);
}

const json& JsonFields::at(const char* name) {
  if (!has(name)) fail(fmt::format("'{}' is missing", name));
  return (*json_)[name];
}

std::string JsonFields::text(const char* name) {
  const json& value = at(name);
  if (!value.is_string()) fail(fmt::format("'{}' must be a text in quotes", name));
  std::string text = value.get<std::string>();
  if (text.empty()) fail(fmt::format("'{}' is empty", name));
  if (std::ranges::any_of(text, [](unsigned char byte) { return byte < ' '; })) {
    fail(fmt::format("'{}' has a control character; it must be one line", name));
  }
  return text;
}

std::string JsonFields::text_or(const char* name, std::string_view otherwise) {
  if (!has(name)) return std::string(otherwise);
  const json& value = (*json_)[name];
  const bool is_empty = value.is_string() && value.get_ref<const std::string&>().empty();
  return is_empty ? std::string(otherwise) : text(name);
}

bool JsonFields::flag_or(const char* name, bool otherwise) {
  if (!has(name)) return otherwise;
  const json& value = (*json_)[name];
  if (!value.is_boolean()) fail(fmt::format("'{}' must be true or false", name));
  return value.get<bool>();
}

double JsonFields::number(const char* name) {
  const json& value = at(name);
  if (!value.is_number()) fail(fmt::format("'{}' must be a number", name));
  return value.get<double>();
}

std::optional<double> JsonFields::optional_number(const char* name) {
  if (!has(name)) return std::nullopt;
  return number(name);
}

std::uint64_t JsonFields::count(const char* name) {
  const json& value = at(name);
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0) {
    fail(fmt::format("'{}' must be a whole number, at least 1", name));
  }
  return value.get<std::uint64_t>();
}

std::vector<double> JsonFields::numbers(const char* name) {
  const json& list = array(name);
  std::vector<double> numbers;
  for (const json& value : list) {
    if (!value.is_number()) fail(fmt::format("'{}' must be a list of numbers", name));
    numbers.push_back(value.get<double>());
  }
  return numbers;
}

const json& JsonFields::object(const char* name) {
  const json& value = at(name);
  if (!value.is_object()) fail(fmt::format("'{}' must be an object", name));
  return value;
}

const json& JsonFields::array(const char* name) {
  const json& value = at(name);
  if (!value.is_array()) fail(fmt::format("'{}' must be a list", name));
  if (value.empty()) fail(fmt::format("'{}' is empty; leave out what was not measured", name));
  return value;
}

std::size_t JsonFields::choice(const char* name, const std::vector<std::string>& known) {
  const std::string chosen = text(name);
  const auto found = std::ranges::find(known, chosen);
  if (found == known.end()) {
    throw MeasurementError(
        fmt::format("{}: '{}' is '{}', and not one of {}", where_, name, chosen, fmt::join(known, ", ")),
        chosen, known);
  }
  return static_cast<std::size_t>(found - known.begin());
}

void JsonFields::refuse_others() const {
  for (const auto& [name, value] : json_->items()) {
    if (std::ranges::find(known_, name) != known_.end()) continue;
    throw MeasurementError(fmt::format("{}: there is no field '{}'", where_, name), name, known_);
  }
}

}  // namespace m2sim::calibration
