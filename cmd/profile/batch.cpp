#include "cmd/profile/batch.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "cmd/console/child_process.h"
#include "cmd/console/end_signals.h"
#include "cmd/console/output_file.h"
#include "cmd/console/progress.h"
#include "cmd/profile/cpu_file.h"
#include "cmd/profile/heap_file.h"
#include "cmd/profile/symbols.h"

namespace m2sim::cmd {
namespace {

class Batch {
 public:
  Batch(std::vector<ProfileJob> jobs, const BatchFiles& files, bool show_progress)
      : jobs_(std::move(jobs)), files_(files), progress_(show_progress) {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      if (!files.cpu.empty()) jobs_[i].cpu_profile = directory_.file(fmt::format("{}.cpu", i));
      if (!files.heap.empty()) jobs_[i].heap_profile = directory_.file(fmt::format("{}.heap", i));
      total_ += estimated_work(jobs_[i]);
    }
  }

  void run(ProfileSummary& summary) {
    // The programs' processes are forked from this one and load nothing: its mappings are theirs.
    const AddressSpace space(read_file("/proc/self/maps"));
    for (const ProfileJob& job : jobs_) {
      const double work = estimated_work(job);
      double insts = 0;
      summary.programs.push_back(run_profile_job(job, space, [&](double share, double so_far) {
        insts = so_far;
        show(work * share, so_far,
             fmt::format("{} ({} of {})", job.name, summary.programs.size() + 1, jobs_.size()));
      }));
      done_ += work;
      insts_ += insts;
    }
    progress_.erase();
    if (!files_.cpu.empty())
      summary.cpu =
          collect<CpuProfile>(parse_cpu_profile, cpu_profile_bytes, files_.cpu, &ProfileJob::cpu_profile);
    if (!files_.heap.empty())
      summary.heap =
          collect<HeapProfile>(parse_heap_profile, heap_profile_text, files_.heap, &ProfileJob::heap_profile);
  }

 private:
  void show(double work, double insts, const std::string& label) {
    if (const int signal = end_signals_.pending(); signal != 0) {
      progress_.erase();
      directory_.remove();
      end_signals_.die_of(signal);  // the program's process follows
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    const double mips = elapsed.count() > 0 ? (insts_ + insts) / elapsed.count() / 1e6 : 0;
    progress_.show(done_ + work, total_, fmt::format("{:.1f} MIPS", mips), label);
  }

  template <class Profile>
  FunctionProfile collect(Profile (*parse)(std::string_view, const std::string&),
                          std::string (*bytes)(const Profile&), const std::string& path,
                          std::string ProfileJob::*part) {
    std::vector<Profile> profiles;
    for (const ProfileJob& job : jobs_) {
      if (std::filesystem::exists(job.*part)) profiles.push_back(parse(read_file(job.*part), job.*part));
    }
    const Profile sum = merged(profiles);
    write_file(path, bytes(sum));
    return functions_of(sum, path);
  }

  EndSignals end_signals_;  // held back before there is a directory to leave behind
  TemporaryDirectory directory_;
  std::vector<ProfileJob> jobs_;
  const BatchFiles& files_;
  Progress progress_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double total_ = 0;
  double done_ = 0;
  double insts_ = 0;
};

}  // namespace

void run_profile_batch(std::vector<ProfileJob> jobs, const BatchFiles& files, bool show_progress,
                       ProfileSummary& summary) {
  Batch(std::move(jobs), files, show_progress).run(summary);
}

}  // namespace m2sim::cmd
