#include "cmd/results/config_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/output_file.h"
#include "timing/config/fields.h"

namespace m2sim::cmd {
namespace {

constexpr std::string_view kDefaultCore = "m2-pcore";
constexpr std::string_view kBaseKey = "base";

std::string_view table_of(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}

const timing::Field& find_field(std::string_view where, std::string_view path) {
  const timing::Field* field = timing::find_field(path);
  if (field != nullptr) return *field;
  throw failure("{}: there is no configuration field '{}'; did you mean '{}'?", where, path,
                timing::nearest_field(path));
}

void assign(timing::CoreConfig& config, const timing::Field& field, std::int64_t value,
            std::string_view where) {
  if (value < field.min || value > field.max) {
    throw failure("{}: {} = {} is out of range; it must lie between {} and {}", where, field.path, value,
                  field.min, field.max);
  }
  field.member(config, field.index) = static_cast<std::uint32_t>(value);
}

// Decimal, or hexadecimal behind 0x.
std::int64_t parse_number(std::string_view where, std::string_view path, std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  const std::string_view digits = hexadecimal ? text.substr(2) : text;
  std::int64_t value = 0;
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc() || stop != digits.data() + digits.size()) {
    throw failure("{}: {} = '{}' is not a whole number in range", where, path, text);
  }
  return value;
}

// Applies a table and the tables in it; `prefix` is its path with a dot behind.
void apply_table(timing::CoreConfig& config, const toml::table& table, const std::string& prefix,
                 const std::string& file_name) {
  for (const auto& [key, node] : table) {
    const std::string path = prefix + std::string(key.str());
    const std::string where = fmt::format("{}, line {}", file_name, node.source().begin.line);
    if (prefix.empty() && key.str() == kBaseKey) continue;
    if (const toml::table* inner = node.as_table()) {
      apply_table(config, *inner, path + ".", file_name);
      continue;
    }
    const timing::Field& field = find_field(where, path);
    if (const auto* flag = node.as_boolean()) {
      assign(config, field, flag->get() ? 1 : 0, where);
    } else if (const auto* number = node.as_integer()) {
      assign(config, field, number->get(), where);
    } else {
      throw failure("{}: {} must be a whole number", where, path);
    }
  }
}

timing::CoreConfig base_of(const toml::table& table, const std::string& file_name) {
  const toml::node* node = table.get(kBaseKey);
  if (node == nullptr) return built_in_core(kDefaultCore);
  const auto* name = node->as_string();
  if (name == nullptr) throw failure("{}: base must be the name of a built-in core", file_name);
  return built_in_core(name->get());
}

}  // namespace

std::vector<std::string> core_names() {
  const auto names = timing::builtin_core_names();
  return {names.begin(), names.end()};
}

timing::CoreConfig built_in_core(std::string_view name) {
  const std::optional<timing::CoreConfig> core = timing::builtin_core(name);
  if (core) return *core;
  throw failure("there is no core '{}'{} (a file must end in .toml)", name, did_you_mean(name, core_names()));
}

void require_buildable(const timing::CoreConfig& config) {
  const std::vector<std::string> problems = timing::check(config);
  if (!problems.empty()) throw failure("no core can be built from this configuration: {}", problems.front());
}

std::string config_toml(const timing::CoreConfig& config) {
  // A TOML table may be opened once only, so fields are gathered by table, in order of appearance.
  std::vector<std::string_view> tables;
  for (const timing::Field& field : timing::fields()) {
    const std::string_view table = table_of(field.path);
    if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
  }
  std::string text;
  for (const std::string_view table : tables) {
    text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", table);
    for (const timing::Field& field : timing::fields()) {
      if (table_of(field.path) != table) continue;
      text += fmt::format("{} = {}\n", field.path.substr(table.size() + 1), field.get(config));
    }
  }
  return text;
}

timing::CoreConfig parse_config(std::string_view text, const std::string& file_name) {
  try {
    const toml::table table = toml::parse(text, file_name);
    timing::CoreConfig config = base_of(table, file_name);
    apply_table(config, table, "", file_name);
    return config;
  } catch (const toml::parse_error& error) {
    throw failure("{}, line {}, column {}: {}", file_name, error.source().begin.line,
                  error.source().begin.column, error.description());
  }
}

timing::CoreConfig load_config(const std::string& path) { return parse_config(read_file(path), path); }

void apply_setting(timing::CoreConfig& config, std::string_view setting) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string_view::npos) throw failure("--set: '{}' has no value; write path=value", setting);
  const std::string_view path = setting.substr(0, equals);
  const std::string_view digits = setting.substr(equals + 1);
  const timing::Field& field = find_field("--set", path);
  assign(config, field, parse_number("--set", path, digits), "--set");
}

}  // namespace m2sim::cmd
