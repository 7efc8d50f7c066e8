#include "cmd/profile_run_with.h"
#include "timing/fast_core.h"

namespace m2sim::cmd {

ProfiledRun profile_fast_timing(const ProfileInput& input) { return profile_with<timing::FastCore>(input); }

}  // namespace m2sim::cmd
