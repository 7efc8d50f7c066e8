#include "cmd/profile/child.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string_view>

#include "cmd/console/end_signals.h"
#include "cmd/console/guest_host.h"
#include "cmd/console/output_file.h"
#include "cmd/profile/perftools.h"
#include "cmd/profile/run.h"

namespace m2sim::cmd {
namespace {

bool timed_run_active = false;

int wanted_by_cpu_profile(void* /*nothing*/) { return timed_run_active ? 1 : 0; }

// The guest's streams: each run reads its input from the beginning, and what it prints is looked at and
// dropped.
class GuestStreams {
 public:
  explicit GuestStreams(const std::string& input)
      : in_(::open(input.empty() ? "/dev/null" : input.c_str(), O_RDONLY | O_CLOEXEC)),
        out_(::memfd_create("stdout", MFD_CLOEXEC)),
        nowhere_(::open("/dev/null", O_WRONLY | O_CLOEXEC)) {
    if (in_ < 0) throw failure("--input: cannot read '{}'", input);
    if (out_ < 0 || nowhere_ < 0) throw failure("profile: cannot keep what the program prints");
    ::dup2(in_, STDIN_FILENO);
    ::dup2(out_, STDOUT_FILENO);
    ::dup2(nowhere_, STDERR_FILENO);
  }

  void rewind() const {
    ::lseek(in_, 0, SEEK_SET);
    ::lseek(out_, 0, SEEK_SET);
    if (::ftruncate(out_, 0) != 0) throw failure("profile: cannot drop what the program printed");
  }
  std::string printed() const {
    std::string text(static_cast<std::size_t>(::lseek(out_, 0, SEEK_END)), '\0');
    const ssize_t count = ::pread(out_, text.data(), text.size(), 0);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    return text;
  }

 private:
  int in_;
  int out_;
  int nowhere_;
};

class Child {
 public:
  Child(const ProfileJob& job, SharedProfile& shared)
      : job_(job), shared_(shared), streams_(job.input), sampler_(shared.samples) {
    input_.machine = job.machine;
    host_.describe_to(input_.machine);
    host_.guest_begins();
    input_.max_insts = job.max_insts;
    input_.config = job.config;
    input_.manifest.program = job.machine.program;
    input_.manifest.argv = job.machine.argv;
    input_.done = &shared.run_insts;
  }

  void work() {
    begin(kCountingWork);
    shared_.counts = count_program(input_);
    finish(kCountingWork, 1);
    const bool timed =
        std::any_of(job_.modes.begin(), job_.modes.end(), [](Mode mode) { return mode != Mode::kEmulation; });
    if (timed) {
      streams_.rewind();
      shared_.log = measure_log(input_);
      shared_.has_log = true;
      finish(work_of_inst(Mode::kEmulation), 2 * kLogRuns);
    }
    if (!job_.cpu_profile.empty() && !start_cpu_profile(job_.cpu_profile, wanted_by_cpu_profile)) {
      throw failure("profile: --cpu: cannot write '{}'", job_.cpu_profile);
    }
    for (std::size_t i = 0; i < job_.modes.size(); ++i) profile_mode(job_.modes[i], shared_.modes[i]);
    if (!job_.cpu_profile.empty()) stop_cpu_profile();
    if (!job_.heap_profile.empty()) profile_heap();
  }

 private:
  void begin(double weight) {
    streams_.rewind();
    shared_.run_insts = 0;
    shared_.weight = weight;
  }
  void finish(double weight, unsigned runs) {
    const double insts = static_cast<double>(shared_.counts.insts) * runs;
    shared_.work = shared_.work + weight * insts;
    shared_.total_insts += shared_.counts.insts * runs;
    shared_.run_insts = 0;
  }

  ProfiledRun run(Mode mode) {
    begin(work_of_inst(mode));
    input_.manifest.mode = mode;
    input_.manifest.core = mode == Mode::kEmulation ? "" : job_.core;
    input_.manifest.cpu = emu::processor(job_.machine.cpu).name;
    const ProfiledRun measured = profile_run(mode, input_);
    finish(work_of_inst(mode), 1);
    const bool whole = measured.emulation.insts < job_.max_insts;
    if (whole && job_.expected_stdout && streams_.printed() != *job_.expected_stdout) {
      throw failure("it printed '{}' instead of '{}'", streams_.printed(), *job_.expected_stdout);
    }
    return measured;
  }

  ProfiledRun sampled_run(Mode mode) {
    timed_run_active = true;
    sampler_.start(mode);
    const ProfiledRun measured = run(mode);
    sampler_.stop();
    timed_run_active = false;
    return measured;
  }

  void profile_mode(Mode mode, SharedMode& shared) {
    for (unsigned i = 0; i < job_.warmup; ++i) run(mode);
    const std::uint32_t first_sample = shared_.samples.count;
    for (unsigned i = 0; i < job_.iterations; ++i) shared.runs[i] = sampled_run(mode);
    sample_more(mode, first_sample);
    if (mode == Mode::kEmulation && shared_.counts.insts > kSteadyInsts) {
      streams_.rewind();
      const std::uint64_t early = allocations_until(input_, kSteadyInsts);
      for (unsigned i = 0; i < job_.iterations; ++i) {
        ProfiledRun& measured = shared.runs[i];
        measured.steady_allocations = measured.allocations - std::min(measured.allocations, early);
      }
    }
    shared.run_count = job_.iterations;
  }

  // Short runs leave too few samples to tell functions apart.
  void sample_more(Mode mode, std::uint32_t first_sample) {
    constexpr std::uint32_t kEnoughSamples = 200;
    constexpr std::chrono::milliseconds kMostTime{1200};
    const auto start = std::chrono::steady_clock::now();
    while (shared_.samples.count - first_sample < kEnoughSamples &&
           std::chrono::steady_clock::now() - start < kMostTime) {
      sampled_run(mode);
    }
  }

  // Runs of their own: what they record would slow the timed ones down.
  void profile_heap() {
    start_heap_profile(job_.heap_profile);
    for (const Mode mode : job_.modes) run(mode);
    std::filesystem::rename(stop_heap_profile(), job_.heap_profile);
  }

  const ProfileJob& job_;
  SharedProfile& shared_;
  GuestStreams streams_;
  GuestHost host_;
  PcSampler sampler_;
  ProfileInput input_;
};

}  // namespace

double work_of_inst(Mode mode) {
  constexpr double kFastTimingWork = 30;
  constexpr double kTimingWork = 45;
  if (mode == Mode::kEmulation) return 1;
  return mode == Mode::kTiming ? kTimingWork : kFastTimingWork;
}

void profile_in_child(const ProfileJob& job, SharedProfile& shared) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  release_end_signals();
  try {
    Child(job, shared).work();
    shared.complete = true;
  } catch (const std::exception& error) {
    const std::string_view text = error.what();
    text.copy(shared.error.data(), shared.error.size() - 1);
  }
  std::_Exit(0);
}

}  // namespace m2sim::cmd
