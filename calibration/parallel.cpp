#include "calibration/parallel.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace m2sim::calibration {
namespace {

class Pool {
 public:
  explicit Pool(const ParallelWork& work) : work_(work) {}

  void run(const ProgressSink& progress) {
    const auto threads = std::min<std::size_t>(std::clamp(work_.jobs, 1U, kMostJobs), work_.count);
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < threads; ++i) workers.emplace_back([this] { take_work(); });
    watch(progress);
  }

 private:
  void take_work() {
    std::unique_lock lock(mutex_);
    while (next_ < work_.count) {
      const std::size_t index = next_++;
      lock.unlock();
      work_.run(index);
      lock.lock();
      weight_done_ += work_.weight(index);
      ++done_;
      if (done_ == work_.count) finished_.notify_all();
    }
  }

  void watch(const ProgressSink& progress) {
    double total = 0;
    for (std::size_t i = 0; i < work_.count; ++i) total += work_.weight(i);
    std::unique_lock lock(mutex_);
    while (done_ < work_.count) {
      finished_.wait_for(lock, std::chrono::milliseconds(250));
      progress(weight_done_, total);
    }
  }

  const ParallelWork& work_;
  std::mutex mutex_;
  std::condition_variable finished_;
  std::size_t next_ = 0;
  std::size_t done_ = 0;
  double weight_done_ = 0;
};

}  // namespace

void in_parallel(const ParallelWork& work, const ProgressSink& progress) { Pool(work).run(progress); }

}  // namespace m2sim::calibration
