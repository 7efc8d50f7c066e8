// From program counters to functions and stages.
#pragma once

#include <string_view>
#include <vector>

#include "cmd/profile/profile.h"
#include "cmd/profile/sampler.h"
#include "cmd/profile/symbols.h"

namespace m2sim::cmd {

// The stage of a sample inside the timing model, by the class its function belongs to: branch prediction,
// the memory hierarchy, or the core, to which all that they share with it is charged too.
Stage model_stage(std::string_view symbol);

// A sample's program counter as a function: its name, or its file where it has none.
Function function_of(const Place& place);

// Adds samples of equal functions up; most first.
class FunctionCounts {
 public:
  void add(const Function& function, std::uint64_t samples);
  std::vector<Function> sorted() const;

 private:
  std::vector<Function> functions_;
};

SampleCounts count_samples(const SampleBuffer& buffer, Mode mode, const AddressSpace& space);

}  // namespace m2sim::cmd
