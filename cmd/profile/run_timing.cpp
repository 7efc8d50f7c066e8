#include "cmd/profile/run_with.h"
#include "timing/core/core.h"

namespace m2sim::cmd {

ProfiledRun profile_timing(const ProfileInput& input) { return profile_with<timing::Core>(input); }

}  // namespace m2sim::cmd
