// An object of a JSON file whose every field is asked for: what nobody knows is an error, and so is another
// type.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace m2sim::calibration {

// Throws MeasurementError, also when an object has a field twice.
nlohmann::json parse_json(std::string_view text, const std::string& where);

class JsonFields {
 public:
  // `where` goes before every message: the file, and the place in it. Throws when `json` is no object.
  JsonFields(const nlohmann::json& json, std::string where);

  void speak_of(std::string where) { where_ = std::move(where); }

  bool has(const char* name);  // makes the name known
  // Those with a default may be left out; a default of nullptr: may not.
  std::string text(const char* name);
  std::string text_or(const char* name, std::string_view otherwise);
  bool flag_or(const char* name, bool otherwise);
  double number(const char* name);
  std::optional<double> optional_number(const char* name);
  std::uint64_t count(const char* name);
  std::vector<double> numbers(const char* name);
  const nlohmann::json& object(const char* name);
  const nlohmann::json& array(const char* name);  // not an empty one

  // What a field's text must be one of; the index of it.
  std::size_t choice(const char* name, const std::vector<std::string>& known);

  // Call it when all were asked for.
  void refuse_others() const;

  [[noreturn]] void fail(const std::string& what) const;
  const std::string& where() const { return where_; }

 private:
  const nlohmann::json& at(const char* name);

  const nlohmann::json* json_;
  std::string where_;
  std::vector<std::string> known_;
};

}  // namespace m2sim::calibration
