// A sampler of the program counter: one sample a tick of this thread's processor time, for statistics
// about where that time goes. It fires on no blocked thread, so that a guest's system calls are not
// interrupted, and takes no stack.
#pragma once

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <ctime>

#include "cmd/profile/profile.h"
#include "cmd/results/manifest.h"

namespace m2sim::cmd {

struct Sample {
  std::uint64_t pc;
  Mode mode;
  Phase phase;
};

// May lie in memory that two processes share.
struct SampleBuffer {
  static constexpr std::size_t kMost = std::size_t{1} << 18U;  // 17 minutes at 250 a second

  std::atomic<std::uint32_t> count{0};  // may run past kMost: those behind it are lost
  std::array<Sample, kMost> samples;
};

// What a sample is stamped with. Read by a signal handler of the same thread.
void set_sampled_phase(Phase phase);
Phase sampled_phase();

class PcSampler {
 public:
  // Throws UserError where the host has no such timer. One at a time; samples of this thread alone.
  explicit PcSampler(SampleBuffer& buffer);
  ~PcSampler();
  PcSampler(const PcSampler&) = delete;
  PcSampler& operator=(const PcSampler&) = delete;

  void start(Mode mode);
  void stop();

 private:
  timer_t timer_{};
  struct sigaction before_ {};
};

}  // namespace m2sim::cmd
