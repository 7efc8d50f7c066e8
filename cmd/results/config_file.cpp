#include "cmd/results/config_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <span>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/output_file.h"
#include "cmd/results/toml_text.h"
#include "timing/config/field_text.h"
#include "timing/config/fields.h"

namespace m2sim::cmd {
namespace {

constexpr std::string_view kDefaultCore = "m2-pcore";
constexpr std::string_view kBaseKey = "base";
constexpr std::string_view kCpuKey = "cpu";
constexpr std::string_view kNamesKey = "names";

std::string_view table_of(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}

timing::Field find_field(const timing::CoreConfig& config, std::string_view where, std::string_view path) {
  std::vector<std::string> paths;
  for (const timing::Field& field : timing::fields(config)) {
    if (field.path == path) return field;
    paths.push_back(field.path);
  }
  throw failure("{}: there is no configuration field '{}'{}", where, path, did_you_mean(path, paths));
}

void assign(timing::CoreConfig& config, std::string_view where, std::string_view path,
            std::span<const std::string> words) {
  const std::string problem = timing::set_words(config, find_field(config, where, path), words);
  if (!problem.empty()) throw failure("{}: {}", where, problem);
}

std::string word_of(const toml::node& node, std::string_view where, std::string_view path) {
  if (const auto* flag = node.as_boolean()) return flag->get() ? "1" : "0";
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* text = node.as_string()) return text->get();
  throw failure("{}: {} must be a whole number, a name or a list of names", where, path);
}

std::vector<std::string> words_of(const toml::node& node, std::string_view where, std::string_view path) {
  const toml::array* list = node.as_array();
  if (list == nullptr) return {word_of(node, where, path)};
  std::vector<std::string> words;
  for (const toml::node& element : *list) words.push_back(word_of(element, where, path));
  return words;
}

// Applies the values of a table and of the tables in it. First the names of lists: they say which other paths
// there are.
enum class Pass { kNames, kRest };

void apply_table(timing::CoreConfig& config, const toml::table& table, Pass pass, const std::string& prefix,
                 const std::string& file_name) {
  for (const auto& [key, node] : table) {
    const std::string path = prefix + std::string(key.str());
    if (path == kBaseKey || path == kCpuKey) continue;
    if (const toml::table* inner = node.as_table()) {
      // No field's path has so many parts, and the stack must hold a call for each.
      constexpr auto kMostParts = 8;
      if (std::count(path.begin(), path.end(), '.') >= kMostParts)
        throw failure("{}, line {}: there is no configuration field in '{}'", file_name,
                      node.source().begin.line, path);
      apply_table(config, *inner, pass, path + ".", file_name);
    } else if ((key.str() == kNamesKey) == (pass == Pass::kNames)) {
      const std::string where = fmt::format("{}, line {}", file_name, node.source().begin.line);
      assign(config, where, path, words_of(node, where, path));
    }
  }
}

std::string base_of(const toml::table& table, const std::string& file_name) {
  const toml::node* node = table.get(kBaseKey);
  if (node == nullptr) return std::string(kDefaultCore);
  const auto* name = node->as_string();
  if (name == nullptr) throw failure("{}: base must be the name of a built-in core", file_name);
  return name->get();
}

emu::Cpu cpu_of(const toml::table& table, const std::string& file_name) {
  const toml::node* node = table.get(kCpuKey);
  if (node == nullptr) return cpu_of_core(base_of(table, file_name));
  const std::string where = fmt::format("{}, line {}", file_name, node->source().begin.line);
  const auto* name = node->as_string();
  if (name == nullptr) throw failure("{}: cpu must be the name of a processor", where);
  return cpu_named(where, name->get());
}

std::string toml_value(const timing::CoreConfig& config, const timing::Field& field) {
  const std::vector<std::string> words = timing::words_of(config, field);
  switch (field.kind) {
    case timing::FieldKind::kNumber:
      return words.front();
    case timing::FieldKind::kDispatchQueue:
    case timing::FieldKind::kScheduler:
      return fmt::format("\"{}\"", words.front());
    case timing::FieldKind::kNames:
    case timing::FieldKind::kCapabilities:
      return fmt::format("[\"{}\"]", fmt::join(words, "\", \""));
  }
  return {};
}

// A TOML table may be opened once only, so fields are gathered by table, in order of appearance.
std::string tables_toml(const timing::CoreConfig& config, const std::vector<timing::Field>& fields,
                        const FieldComment& comment_of) {
  std::vector<std::string_view> tables;
  for (const timing::Field& field : fields) {
    const std::string_view table = table_of(field.path);
    if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
  }
  std::string text;
  for (const std::string_view table : tables) {
    text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", table);
    for (const timing::Field& field : fields) {
      if (table_of(field.path) != table) continue;
      const std::string comment = comment_of(field);
      text += fmt::format("{} = {}{}{}\n", field.path.substr(table.size() + 1), toml_value(config, field),
                          comment.empty() ? "" : "  # ", comment);
    }
  }
  return text;
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

emu::Cpu cpu_named(std::string_view where, std::string_view name) {
  std::vector<std::string_view> names;
  for (const emu::Processor& processor : emu::kProcessors) names.push_back(processor.name);
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    throw failure("{}: there is no processor '{}'; there are {}", where, name, fmt::join(names, ", "));
  }
  return static_cast<emu::Cpu>(found - names.begin());
}

emu::Cpu cpu_of_core(std::string_view name) { return cpu_named("--core", name.substr(0, name.find('-'))); }

void require_buildable(const timing::CoreConfig& config) {
  const std::vector<std::string> problems = timing::check(config);
  if (!problems.empty()) throw failure("no core can be built from this configuration: {}", problems.front());
}

std::string config_toml(const timing::CoreConfig& config) {
  return tables_toml(config, timing::fields(config), [](const timing::Field&) { return std::string(); });
}

std::vector<std::pair<std::string, std::string>> configuration_of(const timing::CoreConfig& config) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const timing::Field& field : timing::fields(config))
    entries.emplace_back(field.path, timing::text_of(config, field));
  return entries;
}

std::string difference_toml(const timing::CoreConfig& config, std::string_view base,
                            const FieldComment& comment) {
  const timing::CoreConfig from = built_in_core(base);
  std::vector<timing::Field> all = timing::fields(config);
  const std::vector<timing::Field> before = timing::fields(from);
  // With other parts than the base's nothing is left out: what such a part keeps would have to be looked up.
  if (std::ranges::equal(all, before, {}, &timing::Field::path, &timing::Field::path)) {
    std::erase_if(all, [&](const timing::Field& field) {
      return timing::words_of(config, field) == timing::words_of(from, field) && comment(field).empty();
    });
  }
  const std::string tables = tables_toml(config, all, comment);
  return fmt::format("{} = \"{}\"\n{}{}", kBaseKey, base, tables.empty() ? "" : "\n", tables);
}

timing::CoreConfig parse_config(std::string_view text, const std::string& file_name) {
  const toml::table table = parse_toml(text, file_name);
  timing::CoreConfig config = built_in_core(base_of(table, file_name));
  cpu_of(table, file_name);  // refuses what is no processor
  apply_table(config, table, Pass::kNames, "", file_name);
  apply_table(config, table, Pass::kRest, "", file_name);
  return config;
}

timing::CoreConfig load_config(const std::string& path) { return parse_config(read_file(path), path); }

emu::Cpu parse_cpu(std::string_view text, const std::string& file_name) {
  return cpu_of(parse_toml(text, file_name), file_name);
}

emu::Cpu load_cpu(const std::string& path) { return parse_cpu(read_file(path), path); }

std::string cpu_toml(emu::Cpu cpu) { return fmt::format("{} = \"{}\"\n", kCpuKey, emu::processor(cpu).name); }

void apply_setting(timing::CoreConfig& config, std::string_view setting) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string_view::npos) throw failure("--set: '{}' has no value; write path=value", setting);
  std::vector<std::string> words;
  for (std::size_t begin = equals + 1; begin != 0;) {
    const std::size_t end = setting.find(',', begin);
    words.emplace_back(setting.substr(begin, end == std::string_view::npos ? end : end - begin));
    begin = end == std::string_view::npos ? 0 : end + 1;
  }
  assign(config, "--set", setting.substr(0, equals), words);
}

}  // namespace m2sim::cmd
