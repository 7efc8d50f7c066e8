#include "cmd/sweep/slurm.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>

#include "cmd/console/child_process.h"
#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t kLongestArray =
    1000;  // Slurm's MaxArraySize is 1001 unless an administrator says otherwise
constexpr const char* kSubmitted = "slurm/submitted";  // ids of Slurm's jobs, a line each

std::string in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string file = (folder.empty() ? "." : folder) + "/" + name;
    if (::access(file.c_str(), X_OK) == 0) return file;
  }
  return "";
}

// What a program of Slurm says, without the line break. Throws UserError with its complaint.
std::string said_by(std::vector<std::string> command) {
  const std::string name = command.front();
  command.front() = in_path(name);
  if (command.front().empty())
    throw failure(
        "there is no {} here: this host is none of a Slurm cluster; --print-jobs lists commands for other "
        "queues",
        name);
  const TemporaryDirectory place;
  const std::string out = place.file("out"), err = place.file("err");
  const int status = run_child({std::move(command), out, err});
  std::string said = read_file(status == 0 ? out : err);
  while (!said.empty() && said.back() == '\n') said.pop_back();
  if (status != 0) throw failure("{}: {}", name, said.empty() ? fmt::format("exit status {}", status) : said);
  return said;
}

std::vector<std::string> submitted(const SweepFolder& folder) {
  std::vector<std::string> ids;
  std::error_code ignored;
  if (!std::filesystem::exists(folder.file(kSubmitted), ignored)) return ids;
  std::istringstream lines(read_file(folder.file(kSubmitted)));
  for (std::string line; std::getline(lines, line);) ids.push_back(line);
  return ids;
}

void write_in(const SweepFolder& folder, const std::string& name, const std::string& text) {
  write_file_durably(folder.file(name), folder.file(name + ".new"), text);
}

// Twice what is expected, and time to start; whole minutes, as Slurm counts them.
int minutes_for(double seconds) { return 2 + static_cast<int>(std::ceil(2 * seconds / 60)); }

class SlurmSubmission {
 public:
  SlurmSubmission(const SlurmOptions& options, const SweepFolder& folder)
      : options_(options),
        folder_(folder),
        absolute_(std::filesystem::absolute(folder.path()).lexically_normal().string()) {}

  std::vector<std::string> submit(const std::vector<JobChunk>& chunks) {
    std::error_code error;
    std::filesystem::create_directories(folder_.file("slurm"), error);
    if (error) throw failure("cannot make the folder '{}': {}", folder_.file("slurm"), error.message());
    for (std::size_t begin = 0; begin < chunks.size(); begin += kLongestArray) {
      const std::size_t end = std::min(begin + kLongestArray, chunks.size());
      add_array({chunks.begin() + static_cast<std::ptrdiff_t>(begin),
                 chunks.begin() + static_cast<std::ptrdiff_t>(end)});
    }
    add_reduction();
    return ids_;
  }

 private:
  void note(const std::string& said) {
    ids_.push_back(said.substr(0, said.find(';')));  // behind it stands the cluster
    write_in(folder_, kSubmitted, fmt::format("{}\n", fmt::join(ids_, "\n")));
  }

  // A task's jobs are a line of a file: a task that is queued anew, as its node was lost, does what is left
  // of them.
  void add_array(const std::vector<JobChunk>& chunks) {
    std::string lines;
    double seconds = 0;
    std::uint64_t memory = 0;
    for (const JobChunk& chunk : chunks) {
      lines += ids_of(chunk) + "\n";
      seconds = std::max(seconds, chunk.seconds);
      memory = std::max(memory, chunk.memory);
    }
    const std::string name = fmt::format("slurm/array{}", ids_.size());
    write_in(folder_, name + ".tasks", lines);
    write_in(folder_, name + ".sh",
             fmt::format("#!/bin/sh\nexec {} $(sed -n \"$((SLURM_ARRAY_TASK_ID + 1))p\" {})\n",
                         job_command(options_.executable, folder_, options_.retry_failed),
                         shell_word(absolute_ + "/" + name + ".tasks")));
    constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
    sbatch({fmt::format("--array=0-{}", chunks.size() - 1), fmt::format("--time={}", minutes_for(seconds)),
            fmt::format("--mem={}M", memory / kMiB + 64), "--requeue", "--open-mode=append",
            "--output=" + absolute_ + "/slurm/%A_%a.log"},
           name + ".sh");
  }

  void add_reduction() {
    write_in(folder_, "slurm/collect.sh",
             fmt::format("#!/bin/sh\nexec {} sweep collect --quiet {}\n", shell_word(options_.executable),
                         shell_word(absolute_)));
    sbatch({fmt::format("--dependency=afterany:{}", fmt::join(ids_, ":")), "--requeue", "--open-mode=append",
            "--output=" + absolute_ + "/slurm/collect.log"},
           "slurm/collect.sh");
  }

  void sbatch(const std::vector<std::string>& own, const std::string& script) {
    std::vector<std::string> command{"sbatch",
                                     "--parsable",
                                     "--ntasks=1",
                                     "--cpus-per-task=1",
                                     "--chdir=" + absolute_,
                                     "--job-name=m2sim-" + std::filesystem::path(absolute_).stem().string()};
    command.insert(command.end(), own.begin(), own.end());
    command.insert(command.end(), options_.more.begin(), options_.more.end());
    command.push_back(absolute_ + "/" + script);
    note(said_by(std::move(command)));
  }

  const SlurmOptions& options_;
  const SweepFolder& folder_;
  std::string absolute_;
  std::vector<std::string> ids_;
};

}  // namespace

std::vector<std::string> submit_to_slurm(const SlurmOptions& options, const SweepFolder& folder,
                                         const std::vector<JobChunk>& chunks) {
  if (in_path("sbatch").empty()) said_by({"sbatch"});
  if (const std::string state = slurm_state(folder); !state.empty())
    throw failure("'{0}' is in Slurm's queue already ({1}); wait for it, or m2sim sweep cancel {0}",
                  folder.path(), state);
  return SlurmSubmission(options, folder).submit(chunks);
}

std::string slurm_state(const SweepFolder& folder) {
  const std::vector<std::string> ids = submitted(folder);
  if (ids.empty() || in_path("squeue").empty()) return "";
  std::map<std::string, std::size_t> counts;
  // One by one: squeue refuses all when it has forgotten one.
  for (const std::string& id : ids) {
    std::string said;
    try {
      said = said_by({"squeue", "--noheader", "--array", "--format=%T", "--jobs=" + id});
    } catch (const emu::UserError&) {
      continue;
    }
    std::istringstream lines(said);
    for (std::string line; std::getline(lines, line);) ++counts[line];
  }
  std::string text;
  for (const auto& [state, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, state);
  return text;
}

std::size_t cancel_in_slurm(const SweepFolder& folder) {
  const std::vector<std::string> ids = submitted(folder);
  if (ids.empty()) throw failure("nothing of '{}' was given to Slurm", folder.path());
  std::vector<std::string> command{"scancel"};
  command.insert(command.end(), ids.begin(), ids.end());
  said_by(std::move(command));
  return ids.size();
}

}  // namespace m2sim::cmd
