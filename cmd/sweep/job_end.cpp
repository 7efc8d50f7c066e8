#include "cmd/sweep/job_end.h"

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"
#include "cmd/results/guest_end.h"

namespace m2sim::cmd {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestReason = 300;

std::string with_line(const std::string& what, std::string said) {
  constexpr std::string_view kOwn = "m2sim: ";
  if (said.starts_with(kOwn)) said.erase(0, kOwn.size());
  return said.empty() ? what : what + ": " + said;
}

std::string reason_of(const Job& job, const JobProcessEnd& end, const json& manifest) {
  if (end.timed_out) return fmt::format("timeout: it ran for more than {} s", job.timeout);
  if (end.killed && end.status == SIGKILL)
    return "killed by SIGKILL: somebody ended it, or the host ran out of memory";
  if (end.killed)
    return with_line(fmt::format("m2sim was killed by {}", signal_name(end.status)), end.last_line);
  if (end.status == kExitInternal && end.last_line.find("out of memory") != std::string::npos)
    return "out of memory";
  if (manifest.value("end", "") == "signal")
    return with_line(fmt::format("killed by {}", signal_name(manifest.value("status", 0))), end.last_line);
  return with_line(fmt::format("exit status {}", end.status), end.last_line);
}

// Of its part of the program, as behind a --skip beyond the end: CPI would be 0.
bool counted_nothing(const json& figures) {
  const json stats = figures.value("stats", json::object());
  return stats.value("core.insts", std::uint64_t{1}) == 0;
}

// The figures that it left, if any; an object in any case.
json figures_at(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return json::object();
  json figures = json::parse(read_file(path), nullptr, false);
  return figures.is_object() ? figures : json::object();
}

}  // namespace

JobResult judged(const Job& job, const JobProcessEnd& end, const std::string& stats_path) {
  // A full disk says nothing of the job.
  if (end.last_line.find("cannot write '" + stats_path) != std::string::npos) {
    constexpr std::string_view kOwn = "m2sim: ";
    throw failure("{}", end.last_line.substr(end.last_line.starts_with(kOwn) ? kOwn.size() : 0));
  }
  const json figures = figures_at(stats_path);
  const json manifest = figures.value("manifest", json::object());
  const std::string program = manifest.value("program_sha256", "");
  if (!program.empty() && program != job.program_sha256)
    throw failure(
        "the program of '{}' was changed while the sweep ran; give the command again to begin with the "
        "new one",
        job.label());
  JobResult result{.id = job.id, .reason = {}, .seconds = end.seconds, .peak_memory = end.peak_memory};
  const bool ended = manifest.value("end", "") != "stopped";  // by a signal, too: a status of 128 and more
  const bool limited = manifest.value("end", "") == "limit" || manifest.value("end", "") == "regions";
  result.done = !end.killed && ended && end.status == (limited ? 0 : job.status);
  if (result.done && !figures.contains("stats")) {
    result.done = false;
    result.reason = "it left no figures";
  } else if ((result.done || end.status == kExitUnreached) && counted_nothing(figures)) {
    result.done = false;
    result.reason = printable(with_line("no instruction counted", end.last_line));
  } else if (result.done) {
    result.run = read_file(stats_path);
  } else {
    result.reason = printable(reason_of(job, end, manifest));
  }
  if (result.reason.size() > kLongestReason) result.reason.resize(kLongestReason);
  return result;
}

}  // namespace m2sim::cmd
