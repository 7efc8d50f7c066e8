#include "cmd/sweep/runner.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <list>
#include <thread>
#include <vector>

#include "cmd/console/end_signals.h"
#include "cmd/console/failure.h"
#include "cmd/console/progress.h"
#include "cmd/sweep/estimate.h"
#include "cmd/sweep/job_end.h"
#include "cmd/sweep/job_process.h"

namespace m2sim::cmd {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{20};        // between two looks at what runs
constexpr milliseconds kElsewhere{200};  // between two looks at what others run

// A job of ours that runs. What it was told to do, it does in the claim's folder.
struct RunningJob {
  RunningJob(const Job& wanted, Claim owned, const SweepRun& run, const std::string& folder,
             std::uint64_t given, std::uint64_t tries)
      : job(wanted),
        claim(std::move(owned)),
        stats_path(std::filesystem::absolute(claim.work() + "/stats.json").string()),
        memory(given),
        attempt(tries),
        process(spec_of(run, folder), wanted.timeout) {}

  JobProcessSpec spec_of(const SweepRun& run, const std::string& folder) const {
    JobProcessSpec spec{{run.executable, "run", "--quiet", "--stats", stats_path}, folder, job.stdin_path};
    spec.argv.insert(spec.argv.end(), job.arguments.begin(), job.arguments.end());
    return spec;
  }

  const Job& job;
  Claim claim;
  std::string stats_path;
  std::uint64_t memory;  // that it may need
  std::uint64_t attempt;
  JobProcess process;  // ends before the claim does
};

class SweepRunner {
 public:
  SweepRunner(const SweepRun& run, const SweepFolder& folder, const JobList& list)
      : run_(run), folder_(folder), list_(list), progress_(run.show_progress) {
    for (const Job& job : list.jobs) sort_in(job);
    total_ = waiting_.size();
  }

  void run_all() {
    while (!waiting_.empty() || !elsewhere_.empty() || !running_.empty()) {
      start_some();
      wait();
      const int signal = end_signals_.pending();
      reap(signal != 0);
      if (signal != 0) {
        progress_.erase();
        running_.clear();
        end_signals_.die_of(signal);
      }
      show();
    }
  }

 private:
  // Those that are done are never done again, those that failed only when that is asked for, and then once.
  void sort_in(const Job& job) {
    const std::optional<JobResult> result = folder_.result(job.id);
    if (result) estimate_.learn(job, *result);
    if (result && (result->done || !run_.retry_failed)) return;
    if (result) failed_before_[job.id] = result->attempt;
    waiting_.push_back(&job);
  }

  std::uint64_t failures_of(const Job& job) const {
    const auto found = failed_before_.find(job.id);
    return found == failed_before_.end() ? 0 : found->second;
  }

  bool has_new_result(const Job& job) {
    if (!folder_.has_result(job.id)) return false;
    const std::optional<JobResult> result = folder_.result(job.id);
    if (!result || (!result->done && result->attempt <= failures_of(job))) return false;
    estimate_.learn(job, *result);
    return true;
  }

  void start_some() {
    if (waiting_.empty() && !elsewhere_.empty() && std::chrono::steady_clock::now() >= look_again_) {
      waiting_.swap(elsewhere_);
      look_again_ = std::chrono::steady_clock::now() + kElsewhere;
    }
    while (!waiting_.empty() && running_.size() < run_.jobs && has_room(*waiting_.front())) {
      const Job& job = *waiting_.front();
      waiting_.pop_front();
      if (has_new_result(job)) {
        ++finished_;
        continue;
      }
      std::optional<Claim> claim = folder_.claim(job.id);
      if (!claim) {
        elsewhere_.push_back(&job);
      } else if (has_new_result(job)) {  // it was finished in between
        ++finished_;
      } else {
        running_.emplace_back(job, std::move(*claim), run_, list_.folder, estimate_.memory(job),
                              failures_of(job) + 1);
      }
    }
  }

  // One at least runs, however much it needs.
  bool has_room(const Job& job) const {
    std::uint64_t used = estimate_.memory(job);
    for (const RunningJob& other : running_) used += other.memory;
    return running_.empty() || used <= run_.memory;
  }

  void wait() {
    std::vector<pollfd> pipes;
    for (const RunningJob& job : running_) {
      if (job.process.error_pipe() >= 0) pipes.push_back({job.process.error_pipe(), POLLIN, 0});
    }
    const bool idle = running_.empty() && !elsewhere_.empty();
    ::poll(pipes.data(), pipes.size(), static_cast<int>((idle ? kElsewhere : kTick).count()));
  }

  // A signal to all of the sweep's group may reach a job that has just begun and has not left it yet: that is
  // no failure of the job.
  void reap(bool stopped) {
    for (auto job = running_.begin(); job != running_.end();) {
      const std::optional<JobProcessEnd> end = job->process.check();
      if (!end) {
        ++job;
        continue;
      }
      JobResult result = judged(job->job, *end, job->stats_path);
      if (stopped && !result.done) {
        job = running_.erase(job);
        continue;
      }
      result.attempt = job->attempt;
      folder_.keep(result, job->claim);
      estimate_.learn(job->job, result);
      seconds_done_ += result.seconds;
      ++finished_;
      if (!result.done) ++failed_;
      job = running_.erase(job);
    }
  }

  // In seconds of jobs, where they are known.
  void show() {
    if (!progress_.active()) return;
    double left = 0;
    for (const auto* jobs : {&waiting_, &elsewhere_}) {
      for (const Job* job : *jobs) left += estimate_.seconds(*job);
    }
    double begun = 0;
    for (const RunningJob& job : running_) {
      const double expected = std::max(estimate_.seconds(job.job), job.process.seconds());
      begun += std::min(job.process.seconds(), expected);
      left += expected - job.process.seconds();
    }
    const double done = estimate_.knows_time() ? seconds_done_ + begun : 0;
    const std::string failed = failed_ == 0 ? "" : fmt::format(", {} failed", failed_);
    progress_.show(done, done + std::max(left, 0.0), "",
                   fmt::format("{} of {} jobs{}", finished_, total_, failed));
  }

  const SweepRun& run_;
  const SweepFolder& folder_;
  const JobList& list_;
  EndSignals end_signals_;
  Progress progress_;
  Estimate estimate_;
  std::map<std::string, std::uint64_t> failed_before_;  // attempts by id, of those that are tried again
  std::deque<const Job*> waiting_;
  std::deque<const Job*> elsewhere_;  // somebody else runs them
  std::list<RunningJob> running_;
  std::chrono::steady_clock::time_point look_again_{};
  std::size_t total_ = 0;
  std::size_t finished_ = 0;
  std::size_t failed_ = 0;
  double seconds_done_ = 0;
};

}  // namespace

void run_jobs(const SweepRun& run, const SweepFolder& folder, const JobList& list) {
  SweepRunner(run, folder, list).run_all();
}

}  // namespace m2sim::cmd
