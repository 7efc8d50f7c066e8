#include "cmd/config_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <array>
#include <charconv>

#include "cmd/failure.h"
#include "cmd/nearest.h"
#include "cmd/output_file.h"
#include "timing/config_fields.h"

namespace m2sim::cmd {
namespace {

struct BuiltInCore {
  std::string_view name;
  timing::CoreConfig (*make)();
};

constexpr std::array<BuiltInCore, 2> kCores{{
    {"m2-pcore", timing::m2_pcore},
    {"m1-pcore", timing::m1_pcore},
}};

constexpr std::string_view kBaseKey = "base";

std::string_view table_of(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}

[[noreturn]] void fail_unknown(std::string_view where, std::string_view path) {
  std::vector<std::string> names;
  for (const timing::ConfigField& field : timing::config_fields()) names.emplace_back(field.path);
  throw failure("{}: there is no configuration field '{}'{}", where, path, did_you_mean(path, names));
}

std::uint32_t& find_field(timing::CoreConfig& config, std::string_view where, std::string_view path) {
  std::uint32_t* member = timing::find_config_field(config, path);
  if (member == nullptr) fail_unknown(where, path);
  return *member;
}

std::uint32_t checked(std::int64_t value, std::string_view where, std::string_view path) {
  if (value < 0 || value > UINT32_MAX) {
    throw failure("{}: {} = {} is out of range; it must lie between 0 and {}", where, path, value,
                  UINT32_MAX);
  }
  return static_cast<std::uint32_t>(value);
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
    std::uint32_t& member = find_field(config, where, path);
    if (const auto* flag = node.as_boolean()) {
      member = flag->get() ? 1 : 0;
    } else if (const auto* number = node.as_integer()) {
      member = checked(number->get(), where, path);
    } else {
      throw failure("{}: {} must be a whole number", where, path);
    }
  }
}

timing::CoreConfig base_of(const toml::table& table, const std::string& file_name) {
  const toml::node* node = table.get(kBaseKey);
  if (node == nullptr) return built_in_core(kCores.front().name);
  const auto* name = node->as_string();
  if (name == nullptr) throw failure("{}: base must be the name of a built-in core", file_name);
  return built_in_core(name->get());
}

}  // namespace

std::vector<std::string> core_names() {
  std::vector<std::string> names;
  for (const BuiltInCore& core : kCores) names.emplace_back(core.name);
  return names;
}

timing::CoreConfig built_in_core(std::string_view name) {
  for (const BuiltInCore& core : kCores) {
    if (core.name == name) return core.make();
  }
  throw failure("there is no core '{}'{} (a file must end in .toml)", name, did_you_mean(name, core_names()));
}

std::string config_toml(const timing::CoreConfig& config) {
  // A TOML table may be opened once only, so fields are gathered by table, in order of appearance.
  std::vector<std::string_view> tables;
  for (const timing::ConfigField& field : timing::config_fields()) {
    const std::string_view table = table_of(field.path);
    if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
  }
  std::string text;
  for (const std::string_view table : tables) {
    text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", table);
    for (const timing::ConfigField& field : timing::config_fields()) {
      if (table_of(field.path) != table) continue;
      const std::string_view path = field.path;
      const std::uint32_t value = *timing::find_config_field(const_cast<timing::CoreConfig&>(config), path);
      text += fmt::format("{} = {}\n", path.substr(table.size() + 1), value);
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
  std::uint32_t& member = find_field(config, "--set", path);
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || stop != digits.data() + digits.size()) {
    throw failure("--set: {} = '{}' is not a whole number in range", path, digits);
  }
  member = checked(value, "--set", path);
}

}  // namespace m2sim::cmd
