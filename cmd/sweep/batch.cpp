#include "cmd/sweep/batch.h"

#include <algorithm>
#include <filesystem>

#include "cmd/console/failure.h"
#include "cmd/sweep/estimate.h"

namespace m2sim::cmd {
namespace {

constexpr double kUnknownSeconds = 600;  // of a job, where none is done and the plan sets no timeout
constexpr std::size_t kShownId = 16;     // digits: no two of a million jobs have these in common

double seconds_of(const Job& job, const Estimate& estimate) {
  if (estimate.knows_time()) return estimate.seconds(job);
  return job.timeout > 0 ? job.timeout : kUnknownSeconds;
}

}  // namespace

std::vector<JobChunk> chunks_of(const SweepFolder& folder, const JobList& list, bool retry_failed,
                                double seconds) {
  Estimate estimate;
  std::vector<const Job*> left;
  for (const Job& job : list.jobs) {
    const std::optional<JobResult> result = folder.result(job.id);
    if (result) estimate.learn(job, *result);
    if (!result || (retry_failed && !result->done)) left.push_back(&job);
  }
  std::vector<JobChunk> chunks;
  for (const Job* job : left) {
    const double more = seconds_of(*job, estimate);
    if (chunks.empty() || chunks.back().seconds + more > seconds) chunks.emplace_back();
    chunks.back().jobs.push_back(job);
    chunks.back().seconds += more;
    chunks.back().memory = std::max(chunks.back().memory, estimate.memory(*job));
  }
  return chunks;
}

std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string job_command(const std::string& executable, const SweepFolder& folder, bool retry_failed) {
  return fmt::format("{} sweep job {}{}", shell_word(executable), retry_failed ? "--retry-failed " : "",
                     shell_word(std::filesystem::absolute(folder.path()).lexically_normal().string()));
}

std::string ids_of(const JobChunk& chunk) {
  std::string text;
  for (const Job* job : chunk.jobs) text += (text.empty() ? "" : " ") + job->id.substr(0, kShownId);
  return text;
}

JobList named_jobs(const JobList& list, const std::vector<std::string>& ids, const std::string& folder) {
  JobList named{list.folder, list.revision, list.axes, list.settings, {}};
  for (const std::string& id : ids) {
    const auto is_it = [&](const Job& job) { return !id.empty() && job.id.starts_with(id); };
    const auto found = std::ranges::find_if(list.jobs, is_it);
    if (found != list.jobs.end() && std::find_if(found + 1, list.jobs.end(), is_it) != list.jobs.end())
      throw failure("sweep job: '{}' is the beginning of several jobs of '{}'; give more of it", id, folder);
    if (found == list.jobs.end())
      throw failure("sweep job: there is no job '{}' in '{}'; its plan may have been changed since", id,
                    folder);
    named.jobs.push_back(*found);
  }
  return named;
}

}  // namespace m2sim::cmd
