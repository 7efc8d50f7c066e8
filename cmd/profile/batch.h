// All programs of a profile, one after the other: two at once would disturb each other's clock.
#pragma once

#include <vector>

#include "cmd/profile/job.h"
#include "cmd/profile/profile.h"

namespace m2sim::cmd {

struct BatchFiles {
  std::string cpu;  // empty: no profile
  std::string heap;
};

// Fills summary.programs, and cpu and heap where these are wanted, whose files it writes.
void run_profile_batch(std::vector<ProfileJob> jobs, const BatchFiles& files, bool show_progress,
                       ProfileSummary& summary);

}  // namespace m2sim::cmd
