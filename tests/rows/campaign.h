// A run over many cases: QEMU once, then every mode of the simulator, and what they disagree on.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "tests/rows/program.h"
#include "tests/rows/sample.h"

namespace m2sim::rows {

struct Tally {
  std::uint64_t words = 0;                     // instruction words of all cases
  std::unordered_set<std::uint32_t> distinct;  // of them
  std::uint64_t different = 0;                 // cases that differ for no reason
  std::set<std::string> covered;               // rows
  std::map<std::string, std::string> reasons;  // by row: why it differs on purpose
  std::map<std::string, std::string> failed;   // by row: the first difference
};

class Campaign {
 public:
  Campaign(Executor reference, std::vector<Executor> modes)
      : reference_(std::move(reference)), modes_(std::move(modes)) {}

  // Runs what has been gathered when enough has.
  void add(const Case& test);
  void finish() { run(); }
  const Tally& tally() const { return tally_; }

 private:
  void run();
  void judge(const Case& test, const Sample& reference, const Sample& here, const std::string& who,
             const std::string& complaints);

  Executor reference_;
  std::vector<Executor> modes_;
  std::vector<Case> cases_;
  Tally tally_;
};

}  // namespace m2sim::rows
