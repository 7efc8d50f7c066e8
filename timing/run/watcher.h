// For who wants to look at a run now and then.
#pragma once

#include <cstdint>
#include <string>

namespace m2sim::timing {

struct RunState {
  std::uint64_t instructions = 0;  // since the start
  bool timed = false;              // cycles are known so far: those of a sampled run are not before its end
  std::uint64_t counted_instructions = 0;
  std::uint64_t counted_cycles = 0;
  std::string region;  // the guest is in it; empty: in none
};

class Watcher {
 public:
  virtual ~Watcher() = default;
  // Something has set MachineOptions::stop_request. True: the run goes on, as if nothing had been; whoever
  // says so has cleared the request.
  virtual bool goes_on(const RunState& state) = 0;
};

}  // namespace m2sim::timing
