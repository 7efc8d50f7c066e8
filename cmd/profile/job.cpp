#include "cmd/profile/job.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "cmd/profile/child.h"
#include "cmd/profile/run.h"
#include "cmd/profile/samples.h"
#include "cmd/profile/shared.h"
#include "cmd/profile/symbols.h"

namespace m2sim::cmd {
namespace {

constexpr int kPollMs = 200;

double work_at(const ProfileJob& job, double insts) {
  double each = kCountingWork;
  const double runs = job.warmup + job.iterations;
  for (const Mode mode : job.modes) each += work_of_inst(mode) * runs;
  const bool timed =
      std::any_of(job.modes.begin(), job.modes.end(), [](Mode mode) { return mode != Mode::kEmulation; });
  if (timed) each += 2 * kLogRuns * work_of_inst(Mode::kEmulation);
  return each * insts;
}

// Ends with its owner, whatever happens in between.
class JobProcess {
 public:
  JobProcess(const ProfileJob& job, SharedProfile& shared) {
    if (::pipe(pipe_.data()) != 0) throw failure("profile: cannot make a pipe: {}", std::strerror(errno));
    pid_ = ::fork();
    if (pid_ < 0) throw failure("profile: cannot start a process: {}", std::strerror(errno));
    if (pid_ == 0) {
      ::close(pipe_[0]);
      profile_in_child(job, shared);
    }
    ::close(pipe_[1]);
  }
  ~JobProcess() {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
    wait();
    ::close(pipe_[0]);
  }
  JobProcess(const JobProcess&) = delete;
  JobProcess& operator=(const JobProcess&) = delete;

  // The child's end of the pipe closes when it ends.
  bool runs_on() const {
    pollfd end{pipe_[0], POLLIN, 0};
    return ::poll(&end, 1, kPollMs) <= 0;
  }
  int wait() {
    int status = 0;
    while (pid_ > 0 && ::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  std::array<int, 2> pipe_{-1, -1};
  pid_t pid_ = -1;
};

void show(const ProfileJob& job, const SharedProfile& shared, const JobProgress& progress) {
  const double insts = static_cast<double>(shared.counts.insts);
  const double total = insts > 0 ? work_at(job, insts) : estimated_work(job);
  const double in_run = static_cast<double>(shared.run_insts.load());
  progress(std::min(1.0, (shared.work + shared.weight * in_run) / std::max(total, 1.0)),
           static_cast<double>(shared.total_insts.load()) + in_run);
}

std::string error_of(const SharedProfile& shared, int status) {
  if (shared.error[0] != 0) return shared.error.data();
  if (shared.complete) return "";
  if (WIFSIGNALED(status)) return fmt::format("the simulator was killed by signal {}", WTERMSIG(status));
  return fmt::format("the simulator ended with status {}", WEXITSTATUS(status));
}

}  // namespace

double estimated_work(const ProfileJob& job) {
  const double known = std::min(job.expected_instructions, static_cast<double>(job.max_insts));
  return work_at(job, std::max(known, 1e6));
}

ProgramProfile run_profile_job(const ProfileJob& job, const AddressSpace& space,
                               const JobProgress& progress) {
  const SharedMemory shared;
  ProgramProfile profile;
  profile.name = job.name;
  profile.argv = job.machine.argv;
  JobProcess process(job, *shared);
  do {
    show(job, *shared, progress);
  } while (process.runs_on());
  profile.error = error_of(*shared, process.wait());
  profile.counts = shared->counts;
  if (shared->has_log) profile.log = shared->log;
  for (std::size_t i = 0; i < job.modes.size(); ++i) {
    const SharedMode& mode = shared->modes[i];
    if (mode.run_count == 0) continue;
    profile.modes.push_back({job.modes[i], {mode.runs.begin(), mode.runs.begin() + mode.run_count}, {}});
    profile.modes.back().samples = count_samples(shared->samples, job.modes[i], space);
  }
  return profile;
}

}  // namespace m2sim::cmd
