#include "calibration/evaluate/kernel_logs.h"

#include <algorithm>

#include "calibration/evaluate/evaluator.h"

namespace m2sim::calibration {
namespace {

// Of eight bytes. A run of many more takes so long that little of its time is the guest's.
constexpr std::size_t kMostWords = std::size_t{1} << 21;
constexpr std::size_t kMostTogether = std::size_t{1} << 24;

}  // namespace

timing::Replayed KernelLog::replay(const timing::CoreConfig& config) {
  auto pages = std::make_unique<timing::KeptPages>();
  {
    const std::scoped_lock lock(mutex_);
    if (!unused_.empty()) {
      pages = std::move(unused_.back());
      unused_.pop_back();
    }
  }
  const timing::Replayed replayed = timing::replay_in_fast_timing(*log_, config, *pages);
  const std::scoped_lock lock(mutex_);
  unused_.push_back(std::move(pages));
  return replayed;
}

KernelLog* KernelLogs::of(const Kernel& kernel, std::uint64_t iterations) {
  Place& place = place_of(kernel, iterations);
  const std::scoped_lock lock(place.mutex);
  if (place.asked) return place.log.get();
  std::size_t left = 0;
  {
    const std::scoped_lock all(mutex_);
    left = kMostTogether - words_;
  }
  std::unique_ptr<const timing::RecordedLog> log = recorded(kernel, iterations, std::min(left, kMostWords));
  place.asked = true;
  if (log == nullptr) return nullptr;
  const std::scoped_lock all(mutex_);
  if (log->words() > kMostTogether - words_) return nullptr;  // another thread was faster
  words_ += log->words();
  place.log = std::make_unique<KernelLog>(std::move(log));
  return place.log.get();
}

KernelLogs::Place& KernelLogs::place_of(const Kernel& kernel, std::uint64_t iterations) {
  const std::scoped_lock lock(mutex_);
  return places_[{kernel.name, iterations}];
}

}  // namespace m2sim::calibration
