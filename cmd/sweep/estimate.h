// What a job will take, from those that are done.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include "cmd/sweep/folder.h"
#include "cmd/sweep/jobs.h"

namespace m2sim::cmd {

class Estimate {
 public:
  void learn(const Job& job, const JobResult& result) {
    if (result.done) {
      for (Mean* mean : {&alike_[key_of(job)], &all_}) mean->add(result.seconds);
    }
    std::uint64_t& most = memory_[job.program];
    most = std::max(most, result.peak_memory);
  }

  bool knows_time() const { return all_.count > 0; }
  double seconds(const Job& job) const {
    const auto found = alike_.find(key_of(job));
    return found == alike_.end() ? all_.value() : found->second.value();
  }

  // Of the plan, or a quarter more than the most that the program took. A program's first job is given room.
  std::uint64_t memory(const Job& job) const {
    constexpr std::uint64_t kUnknown = std::uint64_t{256} << 20U;
    if (job.memory != 0) return job.memory;
    const auto found = memory_.find(job.program);
    return found == memory_.end() ? kUnknown : found->second + found->second / 4;
  }

 private:
  struct Mean {
    double sum = 0;
    double count = 0;
    void add(double value) {
      sum += value;
      ++count;
    }
    double value() const { return count == 0 ? 0 : sum / count; }
  };

  static std::string key_of(const Job& job) {
    std::string key = job.program + '\n' + job.input + '\n' + job.mode;
    for (const std::string& choice : job.choices) key += '\n' + choice;
    return key;
  }

  std::map<std::string, Mean> alike_;
  Mean all_;
  std::map<std::string, std::uint64_t> memory_;  // the most, by program
};

}  // namespace m2sim::cmd
