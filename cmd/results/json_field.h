// A value in a JSON file that somebody may have changed, and where it stands.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace m2sim::cmd {

// What is wrong with which field; whoever reads the file knows its name.
class JsonProblem : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Refers to the JSON, which has to stay. All throw JsonProblem where the value is another one.
class JsonField {
 public:
  JsonField(const nlohmann::ordered_json& json, std::string name) : json_(&json), name_(std::move(name)) {}

  JsonField at(const std::string& name) const;
  std::optional<JsonField> find(const std::string& name) const;  // none where it is null, too
  JsonField at(std::size_t index) const;
  std::vector<JsonField> elements() const;                         // of a list
  std::vector<std::pair<std::string, JsonField>> members() const;  // of an object

  std::string text() const;
  std::vector<std::string> texts() const;
  std::uint64_t whole(std::uint64_t least = 0,
                      std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) const;
  std::int64_t signed_whole() const;
  double number(double least = std::numeric_limits<double>::lowest(),
                double most = std::numeric_limits<double>::max()) const;

  // "manifest.mode must be a text, and is 3".
  JsonProblem problem(const std::string& must) const;

 private:
  const nlohmann::ordered_json* json_;
  std::string name_;
};

}  // namespace m2sim::cmd
