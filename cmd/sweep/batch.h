// A sweep's jobs as commands that somebody else starts: a shell, a queue, another host with the same folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cmd/sweep/folder.h"
#include "cmd/sweep/jobs.h"

namespace m2sim::cmd {

// Jobs that are done one after the other.
struct JobChunk {
  std::vector<const Job*> jobs;
  double seconds = 0;        // that it may take
  std::uint64_t memory = 0;  // bytes that it may need
};

// The jobs that have no result, and with `retry_failed` those that failed, in the order of the list: each
// chunk takes about `seconds`, by what was learnt from the jobs that are done, and is one job at least.
std::vector<JobChunk> chunks_of(const SweepFolder& folder, const JobList& list, bool retry_failed,
                                double seconds);

// As one word for a shell.
std::string shell_word(const std::string& text);

// "m2sim sweep job FOLDER", for a shell in any folder of any host that has the same files; ids follow.
std::string job_command(const std::string& executable, const SweepFolder& folder, bool retry_failed);

// The words that name a chunk's jobs.
std::string ids_of(const JobChunk& chunk);

// The jobs of these ids or beginnings of one. Throws UserError where one names none, or several.
JobList named_jobs(const JobList& list, const std::vector<std::string>& ids, const std::string& folder);

}  // namespace m2sim::cmd
