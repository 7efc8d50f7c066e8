// A result becomes named numbers: a program's own members keep their names, those of its `stats` and `runs`
// too, and what is nested deeper is joined by dots. A list of numbers, or of runs, is a list of samples.
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cmd/console/failure.h"
#include "cmd/history/history.h"
#include "cmd/results/json_text.h"
#include "cmd/results/sha256.h"

namespace m2sim::cmd {
namespace {

using nlohmann::json;

constexpr int kNewestResult = 1;

std::string text_member(const json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Of a profile "warmup" counts runs, and its limit has another name.
std::string phases_of(const json& manifest) {
  using Names = std::vector<std::pair<std::string, std::string>>;
  const Names names = manifest.contains("iterations")
                          ? Names{{"max_insts", "limit"}}
                          : Names{{"skip", "skip"}, {"warmup", "warmup"}, {"limit", "limit"}};
  std::string phases;
  for (const auto& [member, name] : names) {
    const auto found = manifest.find(member);
    if (found == manifest.end() || !found->is_number_unsigned()) continue;
    phases += fmt::format("{}{} {}", phases.empty() ? "" : ", ", name, found->get<std::uint64_t>());
  }
  return phases;
}

std::string joined(const std::string& prefix, const std::string& name) {
  return prefix.empty() ? name : prefix + "." + name;
}

void add_figures(HistorySeries& series, const std::string& prefix, const json& value);

void add_list(HistorySeries& series, const std::string& prefix, const json& list) {
  for (const json& element : list) {
    if (element.is_number()) series.figures[prefix].push_back(element.get<double>());
  }
}

void add_members(HistorySeries& series, const std::string& prefix, const json& object) {
  for (const auto& [name, member] : object.items()) {
    if (name == "modes") continue;  // series of their own
    const bool transparent = name == "stats" || name == "runs";
    if (transparent && member.is_array()) {
      for (const json& run : member) add_figures(series, prefix, run);
    } else {
      add_figures(series, transparent ? prefix : joined(prefix, name), member);
    }
  }
}

void add_figures(HistorySeries& series, const std::string& prefix, const json& value) {
  if (value.is_number()) series.figures[prefix].push_back(value.get<double>());
  if (value.is_array()) add_list(series, prefix, value);
  if (value.is_object()) add_members(series, prefix, value);
}

class Reader {
 public:
  void read(const std::string& path) {
    const std::string text = read_json_text(path);
    const json result = json::parse(text, nullptr, false);
    if (result.is_discarded()) throw failure("history: '{}' is no JSON", path);
    if (!result.is_object() || !result.contains("manifest") || !result["manifest"].is_object()) {
      throw failure("history: '{}' is no result of m2sim suite, profile or run (it has no manifest)", path);
    }
    const json version = result.value("schema_version", json());
    if (!version.is_number_integer() || version.get<std::int64_t>() > kNewestResult) {
      throw failure("history: '{}' has schema version {}; this m2sim reads up to {}", path, version.dump(),
                    kNewestResult);
    }
    take_manifest(path, result["manifest"]);
    record_.file_sha256.push_back(sha256(text));
    const std::size_t before = samples_;
    add_programs(result);
    if (samples_ == before) throw failure("history: '{}' holds no figures of a program that ran", path);
  }

  HistoryRecord take() { return std::move(record_); }

 private:
  void take_manifest(const std::string& path, const json& manifest) {
    const std::string revision = text_member(manifest, "revision");
    if (revision.empty()) throw failure("history: the manifest of '{}' names no revision", path);
    if (record_.file_sha256.empty()) {
      record_.revision = revision;
      record_.version = text_member(manifest, "version");
      record_.host = text_member(manifest, "host");
    } else if (record_.revision != revision) {
      throw failure("history: '{}' is of revision {}, the file before it of {}; record them one by one", path,
                    revision, record_.revision);
    }
  }

  void add_programs(const json& result) {
    const json& manifest = result["manifest"];
    if (!result.contains("programs")) {
      const std::string name = std::filesystem::path(text_member(manifest, "program")).filename().string();
      const json figures{{"stats", result.value("stats", json::object())}};
      if (!name.empty()) add_series(manifest, figures, name, text_member(manifest, "mode"));
      return;
    }
    if (!result["programs"].is_array()) return;
    for (const json& program : result["programs"]) {
      const bool failed = !program.is_object() || program.value("ok", json(true)) == json(false) ||
                          !text_member(program, "error").empty();
      if (failed) continue;
      add_program(manifest, program);
    }
  }

  void add_program(const json& manifest, const json& program) {
    const std::string name = text_member(program, "name");
    if (name.empty()) return;
    const json modes = program.value("modes", json());
    if (!modes.is_array()) return add_series(manifest, program, name, text_member(manifest, "mode"));
    for (const json& mode : modes) add_series(manifest, mode, name, text_member(mode, "mode"));
  }

  // `owner` has the figures, and may say what the manifest says otherwise.
  void add_series(const json& manifest, const json& owner, const std::string& name, const std::string& mode) {
    if (!owner.is_object()) return;
    const auto said = [&](const char* key) {
      const std::string own = text_member(owner, key);
      return own.empty() ? text_member(manifest, key) : own;
    };
    HistorySeries found;
    found.mode = mode;
    found.program = name;
    found.program_sha256 = said("program_sha256");
    found.config_sha256 = said("config_sha256");
    found.core = said("core");
    found.phases = phases_of(manifest);
    add_figures(found, "", owner);
    merge(std::move(found));
  }

  void merge(HistorySeries found) {
    for (const auto& [name, samples] : found.figures) samples_ += samples.size();
    for (HistorySeries& series : record_.series) {
      if (series.mode != found.mode || series.program != found.program) continue;
      if (series.config_sha256 != found.config_sha256 || series.program_sha256 != found.program_sha256 ||
          series.phases != found.phases) {
        throw failure(
            "history: {} in {} mode was run with two configurations, two binaries or other phases; record "
            "them "
            "one by one",
            found.program, found.mode);
      }
      for (const auto& [name, samples] : found.figures) {
        auto& all = series.figures[name];
        all.insert(all.end(), samples.begin(), samples.end());
      }
      return;
    }
    if (!found.figures.empty()) record_.series.push_back(std::move(found));
  }

  HistoryRecord record_;
  std::size_t samples_ = 0;
};

}  // namespace

HistoryRecord read_results(const std::vector<std::string>& paths) {
  Reader reader;
  for (const std::string& path : paths) reader.read(path);
  return reader.take();
}

}  // namespace m2sim::cmd
