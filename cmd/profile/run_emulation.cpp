#include "cmd/profile/run_with.h"

namespace m2sim::cmd {

ProfiledRun profile_emulation(const ProfileInput& input) { return profile_with<NoModel>(input); }

ProfiledRun profile_run(Mode mode, const ProfileInput& input) {
  if (mode == Mode::kTiming) return profile_timing(input);
  return mode == Mode::kFastTiming ? profile_fast_timing(input) : profile_emulation(input);
}

}  // namespace m2sim::cmd
