#include "cmd/sweep/command.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "cmd/console/child_process.h"
#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/output_file.h"
#include "cmd/console/progress.h"
#include "cmd/console/terminal.h"
#include "cmd/sweep/estimate.h"
#include "cmd/sweep/folder.h"
#include "cmd/sweep/memory_size.h"
#include "cmd/sweep/results.h"
#include "cmd/sweep/runner.h"
#include "cmd/sweep/text.h"

namespace m2sim::cmd {
namespace {

std::uint64_t memory_of_host() {
  return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

SweepRun run_of(const SweepOptions& options) {
  SweepRun run;
  run.executable = own_executable().string();
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
  return results.count(JobState::kDone) == results.rows.size() ? 0 : 1;
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

int run_plan(const SweepOptions& options, const CheckRunOptions& check_options) {
  if (!options.folder.empty())
    throw failure("sweep: '{}' follows the plan; name the folder of the results with --out", options.folder);
  const SweepRun run = run_of(options);
  const JobList list = expand(load_plan(options.plan), check_options);
  if (options.dry_run) return dry_run(options, list);
  SweepFolder folder(folder_of(options));
  folder.enter(list);
  int status = 0;
  saying_what_is_done(folder, list, [&] {
    run_jobs(run, folder, list);
    folder.tidy();
    status = finish(options, folder, list);
  });
  return status;
}

int collect_results(const SweepOptions& options) {
  const SweepFolder folder(options.folder);
  return finish(options, folder, folder.list());
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
  if (left > 0) text += fmt::format("about {} of processor time is left\n", format_duration(left));
  write_stdout(text + failed_jobs(results, colors_wanted(STDOUT_FILENO)));
  return 0;
}

void refuse_plan_options(const SweepOptions& options) {
  if (options.folder.empty())
    throw failure("sweep {0}: say of which folder: m2sim sweep {0} FOLDER", options.plan);
  if (!options.out.empty() || options.retry_failed || options.dry_run || !options.memory.empty() ||
      options.jobs != 0)
    throw failure("sweep {}: --out, --jobs, --memory, --retry-failed and --dry-run are for a plan",
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
          "is, collect makes its results from the jobs that are done")
      ->type_name("FILE.toml|status|collect");
  command->add_option("FOLDER", options.folder, "of status and collect")->type_name("DIR");
  command
      ->add_option(
          "--out", options.out,
          "folder of the results; jobs that are done there are not done again (default: the plan's name "
          "with .sweep)")
      ->type_name("DIR");
  command->add_option("-j,--jobs", options.jobs, "jobs at once (default: one a processor)")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  command
      ->add_option(
          "--memory", options.memory,
          "start no more jobs than fit, by what the program took before or the plan says; 16G and 512M are "
          "sizes (default: the host's)")
      ->type_name("SIZE");
  command->add_flag("--retry-failed", options.retry_failed, "try jobs again that failed");
  command->add_flag("--dry-run", options.dry_run, "list the jobs with their ids and run none");
  command->add_flag("-q,--quiet", options.quiet, "no table and no progress bar");
  return command;
}

int sweep(const SweepOptions& options, const CheckRunOptions& check_options) {
  if (options.plan.empty()) throw failure("sweep: no plan given; see m2sim sweep --help");
  if (options.plan != "status" && options.plan != "collect") return run_plan(options, check_options);
  refuse_plan_options(options);
  return options.plan == "status" ? show_status(options) : collect_results(options);
}

}  // namespace m2sim::cmd
