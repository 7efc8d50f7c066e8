#include "cmd/profile/run_with.h"
#include "timing/fast/fast_core.h"

namespace m2sim::cmd {

ProfiledRun profile_fast_timing(const ProfileInput& input) { return profile_with<timing::FastCore>(input); }

}  // namespace m2sim::cmd
