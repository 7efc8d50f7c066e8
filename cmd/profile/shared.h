// What a job's process leaves for the one that waits for it, in memory that both share.
#pragma once

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <new>

#include "cmd/console/failure.h"
#include "cmd/profile/job.h"
#include "cmd/profile/profile.h"
#include "cmd/profile/sampler.h"

namespace m2sim::cmd {

struct SharedMode {
  unsigned run_count = 0;
  std::array<ProfiledRun, kMostIterations> runs;
};

struct SharedProfile {
  std::atomic<double> work{0};                // finished
  std::atomic<double> weight{0};              // work of an instruction of the run at hand
  std::atomic<std::uint64_t> run_insts{0};    // instructions of the run at hand
  std::atomic<std::uint64_t> total_insts{0};  // of all finished ones
  std::atomic<bool> complete{false};
  std::array<char, 1024> error{};
  ProgramCounts counts;
  bool has_log = false;
  LogCost log;
  std::array<SharedMode, 3> modes;  // index by index as ProfileJob::modes
  SampleBuffer samples;
};

// Pages that are never touched cost nothing.
class SharedMemory {
 public:
  SharedMemory() {
    void* memory =
        ::mmap(nullptr, sizeof(SharedProfile), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw failure("profile: no memory to share with the programs");
    profile_ = new (memory) SharedProfile;
  }
  ~SharedMemory() { ::munmap(profile_, sizeof(SharedProfile)); }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  SharedProfile& operator*() const { return *profile_; }
  SharedProfile* operator->() const { return profile_; }

 private:
  SharedProfile* profile_;
};

}  // namespace m2sim::cmd
