#include "cmd/sweep/command.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <thread>

#include "cmd/console/child_process.h"
#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/output_file.h"
#include "cmd/console/progress.h"
#include "cmd/console/terminal.h"
#include "cmd/sweep/batch.h"
#include "cmd/sweep/estimate.h"
#include "cmd/sweep/folder.h"
#include "cmd/sweep/memory_size.h"
#include "cmd/sweep/results.h"
#include "cmd/sweep/runner.h"
#include "cmd/sweep/slurm.h"
#include "cmd/sweep/text.h"

namespace m2sim::cmd {
namespace {

std::uint64_t memory_of_host() {
  return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

SweepRun run_of(const SweepOptions& options) {
  SweepRun run;
  run.executable = "/proc/self/exe";  // also when another m2sim has taken its name meanwhile
  run.jobs = options.jobs != 0 ? options.jobs : std::max(std::thread::hardware_concurrency(), 1U);
  run.memory = options.memory.empty() ? memory_of_host() : memory_size(options.memory);
  if (run.memory == 0) throw failure("--memory: '{}' is no size; write one like 512M or 16G", options.memory);
  run.retry_failed = options.retry_failed;
  run.show_progress = !options.quiet;
  return run;
}

std::string folder_of(const SweepOptions& options) {
  if (!options.out.empty()) return options.out;
  return std::filesystem::path(options.plan).replace_extension(".sweep").string();
}

std::string counts_line(const SweepResults& results, const std::string& folder) {
  return fmt::format("{} jobs in {}: {} done, {} failed, {} to do\n", results.rows.size(), folder,
                     results.count(JobState::kDone), results.count(JobState::kFailed),
                     results.count(JobState::kMissing));
}

// A whole number of jobs is done, and the results are made of what is there, in any case.
int finish(const SweepOptions& options, const SweepFolder& folder, const JobList& list) {
  const SweepResults results = results_of(folder, list);
  write_results(folder, results);
  if (!options.quiet) {
    write_stdout(sweep_report(results, colors_wanted(STDOUT_FILENO)) + "\n" +
                 counts_line(results, folder.path()));
    write_stdout(fmt::format("{0}/results.html shows them; .csv and .db have every figure\n", folder.path()));
  }
  const bool all = results.count(JobState::kDone) == results.rows.size();
  if (options.quiet && !all) write_stderr("m2sim: sweep: " + counts_line(results, folder.path()));
  return all ? 0 : 1;
}

// What ends a sweep leaves what it has done.
template <class Step>
void saying_what_is_done(const SweepFolder& folder, const JobList& list, Step step) {
  try {
    step();
  } catch (const emu::UserError& error) {
    const auto done =
        std::ranges::count_if(list.jobs, [&](const Job& job) { return folder.has_result(job.id); });
    throw failure("{}; {} of {} jobs have their results: the same command goes on from there", error.what(),
                  done, list.jobs.size());
  }
}

int dry_run(const SweepOptions& options, const JobList& list) {
  const SweepFolder folder(folder_of(options));
  std::string text = job_table(list) + "\n" + counts_line(results_of(folder, list), folder.path());
  if (list.repeated > 0)
    text += fmt::format("{} more points of the plan are one of these jobs\n", list.repeated);
  write_stdout(text);
  return 0;
}

// What a job is found to take before it is worth a place of its own in a queue.
constexpr double kChunkSeconds = 600;

int print_jobs(const SweepOptions& options, const SweepFolder& folder, const JobList& list) {
  const std::string command = job_command(own_executable().string(), folder, options.retry_failed);
  std::string text;
  for (const JobChunk& chunk : chunks_of(folder, list, options.retry_failed, 0))
    text += fmt::format("{} {}\n", command, ids_of(chunk));
  write_stdout(text);
  if (const SweepResults results = results_of(folder, list); text.empty())
    write_stderr(
        "m2sim: sweep: nothing to do: " + counts_line(results, folder.path()) +
        (results.count(JobState::kFailed) != 0 ? "--retry-failed lists those that failed, too\n" : ""));
  return 0;
}

int give_to_slurm(const SweepOptions& options, const SweepFolder& folder, const JobList& list) {
  const std::vector<JobChunk> chunks = chunks_of(folder, list, options.retry_failed, kChunkSeconds);
  if (chunks.empty()) return finish(options, folder, list);
  const std::vector<std::string> ids = submit_to_slurm(
      {.executable = own_executable().string(), .more = options.sbatch, .retry_failed = options.retry_failed},
      folder, chunks);
  std::size_t jobs = 0;
  for (const JobChunk& chunk : chunks) jobs += chunk.jobs.size();
  write_stdout(fmt::format(
      "{} jobs in {} tasks are in Slurm's queue as {}; m2sim sweep status {} says how far they are\n", jobs,
      chunks.size(), fmt::join(ids, ", "), folder.path()));
  return 0;
}

void require_one_way(const SweepOptions& options) {
  if (!options.folder.empty())
    throw failure("sweep: '{}' follows the plan; name the folder of the results with --out", options.folder);
  if (int{options.dry_run} + int{options.print_jobs} + int{options.slurm} > 1)
    throw failure("sweep: --dry-run, --print-jobs and --slurm exclude each other");
  if (!options.sbatch.empty() && !options.slurm)
    throw failure("sweep: --sbatch means nothing without --slurm");
}

int run_plan(const SweepOptions& options, const CheckRunOptions& check_options) {
  require_one_way(options);
  const SweepRun run = run_of(options);
  const JobList list = expand(load_plan(options.plan), check_options);
  if (options.dry_run) return dry_run(options, list);
  SweepFolder folder(folder_of(options));
  folder.enter(list);
  if (options.print_jobs) return print_jobs(options, folder, list);
  if (options.slurm) return give_to_slurm(options, folder, list);
  int status = 0;
  saying_what_is_done(folder, list, [&] {
    run_jobs(run, folder, list);
    folder.tidy();
    status = finish(options, folder, list);
  });
  return status;
}

// What a line of --print-jobs and a task of Slurm's do.
int run_named(const SweepOptions& options) {
  if (options.ids.empty()) throw failure("sweep job: say which: m2sim sweep job FOLDER ID...");
  SweepFolder folder(options.folder);
  const JobList list = folder.list();
  if (list.revision != own_revision())
    throw failure("the sweep in '{}' is of m2sim {}, and this is {}: its results would not be the same",
                  options.folder, list.revision, own_revision());
  const JobList named = named_jobs(list, options.ids, options.folder);
  folder.enter(list);
  SweepRun run = run_of(options);
  run.jobs = 1;
  run.show_progress = false;
  saying_what_is_done(folder, named, [&] { run_jobs(run, folder, named); });
  const SweepResults results = results_of(folder, named);
  write_stderr(failed_jobs(results, false));
  return results.count(JobState::kDone) == named.jobs.size() ? 0 : 1;
}

int collect_results(const SweepOptions& options) {
  const SweepFolder folder(options.folder);
  return finish(options, folder, folder.list());
}

int cancel_jobs(const SweepOptions& options) {
  const SweepFolder folder(options.folder);
  static_cast<void>(folder.list());
  const std::size_t count = cancel_in_slurm(folder);
  write_stdout(
      fmt::format("{} submissions of {} are cancelled; jobs that are done stay\n", count, folder.path()));
  return 0;
}

int show_status(const SweepOptions& options) {
  const SweepFolder folder(options.folder);
  const JobList list = folder.list();
  const SweepResults results = results_of(folder, list);
  Estimate estimate;
  std::size_t running = 0;
  for (const Job& job : list.jobs) {
    if (const std::optional<JobResult> result = folder.result(job.id)) estimate.learn(job, *result);
    if (folder.is_claimed(job.id)) ++running;
  }
  double left = 0;
  for (const SweepRow& row : results.rows) {
    if (row.state == JobState::kMissing) left += estimate.seconds(row.job);
  }
  std::string text = counts_line(results, folder.path());
  if (running > 0) text += fmt::format("{} of them run now\n", running);
  if (const std::string queued = slurm_state(folder); !queued.empty())
    text += fmt::format("in Slurm's queue: {}\n", queued);
  if (left > 0) text += fmt::format("about {} of processor time is left\n", format_duration(left));
  if (!options.quiet) write_stdout(text + failed_jobs(results, colors_wanted(STDOUT_FILENO)));
  return results.count(JobState::kDone) == results.rows.size() ? 0 : 1;
}

struct FolderAction {
  std::string_view name;
  int (*run)(const SweepOptions& options);
};

constexpr std::array<FolderAction, 4> kFolderActions{
    {{"status", show_status}, {"collect", collect_results}, {"cancel", cancel_jobs}, {"job", run_named}}};

void refuse_plan_options(const SweepOptions& options) {
  const bool job = options.plan == "job";
  if (options.folder.empty())
    throw failure("sweep {0}: say of which folder: m2sim sweep {0} FOLDER", options.plan);
  if (!job && !options.ids.empty())
    throw failure("sweep {}: '{}' is too much", options.plan, options.ids.front());
  if (!options.out.empty() || options.dry_run || !options.memory.empty() || options.jobs != 0 ||
      options.print_jobs || options.slurm || !options.sbatch.empty() || (options.retry_failed && !job))
    throw failure(
        "sweep {}: --out, --jobs, --memory, --retry-failed, --dry-run, --print-jobs, --slurm and --sbatch "
        "are for a "
        "plan",
        options.plan);
}

}  // namespace

CLI::App* add_sweep_command(CLI::App& app, SweepOptions& options) {
  CLI::App* command =
      app.add_subcommand("sweep", "Run programs on many cores of a plan, and say what each setting does");
  command
      ->add_option(
          "PLAN", options.plan,
          "what to run (docs/sweep.md); or what to do with the folder of a sweep: status says how far it "
          "is, collect makes its results from the jobs that are done, cancel takes it out of Slurm's queue, "
          "job "
          "runs some of its jobs")
      ->type_name("FILE.toml|status|collect|cancel|job");
  command->add_option("FOLDER", options.folder, "of status, collect, cancel and job")->type_name("DIR");
  command->add_option("ID", options.ids, "of jobs, for job; the beginning is enough")->type_name("...");
  command
      ->add_option(
          "--out", options.out,
          "folder of the results; jobs that are done there are not done again (default: the plan's name "
          "with .sweep)")
      ->type_name("DIR");
  command->add_option("-j,--jobs", options.jobs, "jobs at once (default: one a processor)")
      ->type_name("N")
      ->check(CLI::Range(0U, 1'000'000U));
  command
      ->add_option(
          "--memory", options.memory,
          "start no more jobs than fit, by what the program took before or the plan says; 16G and 512M are "
          "sizes (default: the host's)")
      ->type_name("SIZE");
  command->add_flag("--retry-failed", options.retry_failed, "try jobs again that failed");
  command->add_flag("--dry-run", options.dry_run, "list the jobs with their ids and run none");
  command->add_flag(
      "--print-jobs", options.print_jobs,
      "print a command for each job that has no result and run none: for GNU parallel, HTCondor and "
      "other queues");
  command->add_flag("--slurm", options.slurm,
                    "give the jobs to Slurm as arrays, and the making of the results behind them");
  command
      ->add_option("--sbatch", options.sbatch,
                   "an option of sbatch, as in --sbatch=--partition=long; repeatable")
      ->type_name("OPTION")
      ->allow_extra_args(false);
  command->add_flag("-q,--quiet", options.quiet, "no table and no progress bar");
  return command;
}

int sweep(const SweepOptions& options, const CheckRunOptions& check_options) {
  if (options.plan.empty()) throw failure("sweep: no plan given; see m2sim sweep --help");
  for (const FolderAction& action : kFolderActions) {
    if (action.name != options.plan) continue;
    refuse_plan_options(options);
    return action.run(options);
  }
  return run_plan(options, check_options);
}

}  // namespace m2sim::cmd
