// The logs of runs of kernels that a model hears again and again, kept as they are first asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "timing/config/config.h"
#include "timing/run/recorded_log.h"
#include "timing/zeroed_pages.h"

namespace m2sim::calibration {

struct Kernel;

// Several threads may replay one.
class KernelLog {
 public:
  explicit KernelLog(std::unique_ptr<const timing::RecordedLog> log) : log_(std::move(log)) {}

  std::size_t words() const { return log_->words(); }
  timing::Replayed replay(const timing::CoreConfig& config);

 private:
  std::unique_ptr<const timing::RecordedLog> log_;
  // Models that hear the same touch the same parts of their tables: each thread's has such pages.
  std::mutex mutex_;
  std::vector<std::unique_ptr<timing::KeptPages>> unused_;
};

class KernelLogs {
 public:
  // Null: it is too long to be kept, or would be too much together with others. Several threads may ask.
  // Throws as run_kernel does.
  KernelLog* of(const Kernel& kernel, std::uint64_t iterations);

 private:
  struct Place {
    std::mutex mutex;
    bool asked = false;
    std::unique_ptr<KernelLog> log;
  };
  Place& place_of(const Kernel& kernel, std::uint64_t iterations);

  std::mutex mutex_;
  std::map<std::pair<std::string, std::uint64_t>, Place> places_;  // by the kernel's name and its iterations
  std::size_t words_ = 0;                                          // of all
};

}  // namespace m2sim::calibration
