// The list of jobs as a file.
#include <nlohmann/json.hpp>

#include "cmd/console/failure.h"
#include "cmd/sweep/jobs.h"

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

constexpr int kJobListSchema = 1;

ordered_json json_of(const Job& job) {
  ordered_json json;
  json["id"] = job.id;
  json["program"] = job.program;
  json["input"] = job.input;
  json["mode"] = job.mode;
  json["core"] = job.core;
  json["choices"] = job.choices;
  json["settings"] = ordered_json::array();
  for (const auto& [path, value] : job.settings) json["settings"].push_back({path, value});
  json["program_sha256"] = job.program_sha256;
  json["config_sha256"] = job.config_sha256;
  json["arguments"] = job.arguments;
  json["stdin"] = job.stdin_path;
  json["timeout"] = job.timeout;
  json["memory"] = job.memory;
  json["status"] = job.status;
  return json;
}

Job job_of(const ordered_json& json) {
  Job job;
  json.at("id").get_to(job.id);
  json.at("program").get_to(job.program);
  json.at("input").get_to(job.input);
  json.at("mode").get_to(job.mode);
  json.at("core").get_to(job.core);
  json.at("choices").get_to(job.choices);
  for (const ordered_json& entry : json.at("settings"))
    job.settings.emplace_back(entry.at(0).get<std::string>(), entry.at(1).get<std::string>());
  json.at("program_sha256").get_to(job.program_sha256);
  json.at("config_sha256").get_to(job.config_sha256);
  json.at("arguments").get_to(job.arguments);
  json.at("stdin").get_to(job.stdin_path);
  json.at("timeout").get_to(job.timeout);
  json.at("memory").get_to(job.memory);
  json.at("status").get_to(job.status);
  return job;
}

}  // namespace

std::string job_list_json(const JobList& list) {
  ordered_json json;
  json["sweep_schema"] = kJobListSchema;
  json["revision"] = list.revision;
  json["folder"] = list.folder;
  json["axes"] = list.axes;
  json["settings"] = list.settings;
  json["jobs"] = ordered_json::array();
  for (const Job& job : list.jobs) json["jobs"].push_back(json_of(job));
  try {
    return json.dump(1) + "\n";
  } catch (const ordered_json::exception&) {
    throw failure("a name or an argument of the plan is no UTF-8");
  }
}

JobList job_list(const std::string& json_text, const std::string& file_name) {
  const ordered_json json = ordered_json::parse(json_text, nullptr, false);
  if (!json.is_object() || !json.contains("sweep_schema"))
    throw failure("'{}' is no sweep's list of jobs", file_name);
  if (json["sweep_schema"] != kJobListSchema)
    throw failure("'{}' has schema version {}; this m2sim reads {}", file_name, json["sweep_schema"].dump(),
                  kJobListSchema);
  JobList list;
  try {
    json.at("revision").get_to(list.revision);
    json.at("folder").get_to(list.folder);
    json.at("axes").get_to(list.axes);
    json.at("settings").get_to(list.settings);
    for (const ordered_json& entry : json.at("jobs")) list.jobs.push_back(job_of(entry));
  } catch (const ordered_json::exception& error) {
    throw failure("'{}' cannot be read: {}", file_name, error.what());
  }
  return list;
}

}  // namespace m2sim::cmd
