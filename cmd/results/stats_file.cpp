#include "cmd/results/stats_file.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cmd/console/failure.h"

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

ordered_json sample_json(const timing::SamplePlan& plan) {
  ordered_json json;
  json["error"] = plan.error;
  json["window"] = plan.window;
  json["detail"] = plan.detail;
  json["warming"] = plan.warming;
  json["seed"] = plan.seed;
  return json;
}

ordered_json points_json(const timing::SimPointPlan& plan) {
  ordered_json json;
  json["interval_size"] = plan.interval_size;
  json["warming"] = plan.warming;
  json["detail"] = plan.detail;
  for (const timing::SimPoint& point : plan.points)
    json["points"].push_back({point.interval, point.phase, point.weight});
  return json;
}

ordered_json manifest_json(const Manifest& manifest) {
  ordered_json json;
  json["version"] = version();
  json["revision"] = revision();
  json["program"] = manifest.program;
  json["program_sha256"] = manifest.program_sha256;
  json["config_sha256"] = manifest.config_sha256;
  json["argv"] = manifest.argv;
  json["mode"] = mode_name(manifest.mode);
  json["core"] = manifest.core;
  json["cpu"] = manifest.cpu;
  json["clock"] = clock_name(manifest.clock);
  if (manifest.skip) json["skip"] = *manifest.skip;
  if (manifest.warmup) json["warmup"] = *manifest.warmup;
  if (manifest.limit) json["limit"] = *manifest.limit;
  if (!manifest.settings.empty()) json["settings"] = manifest.settings;
  json["environment"] = manifest.environment;
  json["directory"] = manifest.directory;
  if (!manifest.sysroot.empty()) json["sysroot"] = manifest.sysroot;
  if (!manifest.limits.empty()) json["rlimits"] = manifest.limits;
  json["start_time"] = manifest.start_time;
  if (manifest.clock_mhz != 0) json["clock_mhz"] = manifest.clock_mhz;
  if (!manifest.restored.empty()) json["restored"] = manifest.restored;
  if (!manifest.regions.empty()) json["regions"] = manifest.regions;
  if (manifest.sample) json["sample"] = sample_json(*manifest.sample);
  if (manifest.points) json["simpoints"] = points_json(*manifest.points);
  json["end"] = manifest.end;
  json["status"] = manifest.status;
  for (const auto& [path, value] : manifest.configuration) json["configuration"][path] = value;
  return json;
}

// Guest arguments and paths may hold any bytes; a JSON file is UTF-8.
std::string dump(const ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json values_of(const Stats& stats) {
  ordered_json values = ordered_json::object();
  for (const Stat& stat : stats) {
    std::visit([&](auto value) { values[std::string(stat.name)] = value; }, stat.value);
  }
  return values;
}

ordered_json region_json(const RegionResult& region) {
  ordered_json json;
  json["name"] = region.name;
  json["times"] = region.times;
  json["instructions"] = region.instructions;
  json["open"] = region.open;
  json["stats"] = values_of(region.stats);
  return json;
}

std::string json_text(const Manifest& manifest, const Stats& stats, std::span<const RegionResult> regions) {
  ordered_json json;
  json["schema_version"] = kSchemaVersion;
  json["manifest"] = manifest_json(manifest);
  json["stats"] = values_of(stats);
  for (const RegionResult& region : regions) json["regions"].push_back(region_json(region));
  return dump(json, 2) + "\n";
}

std::string csv_lines(const std::string& prefix, const Stats& stats) {
  std::string text;
  for (const Stat& stat : stats) {
    const std::string value = std::visit([](auto number) { return fmt::format("{}", number); }, stat.value);
    text +=
        fmt::format("{},{},{}\n", csv_field(prefix + std::string(stat.name)), value, csv_field(stat.unit));
  }
  return text;
}

std::string csv_text(const Manifest& manifest, const Stats& stats, std::span<const RegionResult> regions) {
  std::string text = "name,value,unit\n";
  text += fmt::format("schema_version,{},\n", kSchemaVersion);
  const ordered_json entries = manifest_json(manifest);
  const auto add = [&](const std::string& name, const ordered_json& value) {
    const std::string shown = value.is_string() ? value.get<std::string>() : dump(value, -1);
    text += fmt::format("manifest.{},{},\n", name, csv_field(shown));
  };
  for (const auto& [key, value] : entries.items()) {
    if (value.is_object()) {
      for (const auto& [path, setting] : value.items()) add(fmt::format("{}.{}", key, path), setting);
    } else {
      add(key, value);
    }
  }
  text += csv_lines("", stats);
  for (const RegionResult& region : regions) {
    const std::string prefix = "region." + region.name + ".";
    text += fmt::format("{},{},times\n", csv_field(prefix + "times"), region.times);
    text += fmt::format("{},{},instructions\n", csv_field(prefix + "instructions"), region.instructions);
    text += csv_lines(prefix, region.stats);
  }
  return text;
}

}  // namespace

FileFormat format_of(const std::string& path) {
  if (path == "-") return FileFormat::kJson;
  if (path.ends_with(".json")) return FileFormat::kJson;
  if (path.ends_with(".csv")) return FileFormat::kCsv;
  throw failure("--stats: '{}' ends neither in .json nor in .csv, nor is it -", path);
}

std::string stats_text(FileFormat format, const Manifest& manifest, const Stats& stats,
                       std::span<const RegionResult> regions) {
  return format == FileFormat::kJson ? json_text(manifest, stats, regions)
                                     : csv_text(manifest, stats, regions);
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace m2sim::cmd
