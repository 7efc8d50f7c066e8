// The inside of a job's process.
#pragma once

#include "cmd/profile/shared.h"

namespace m2sim::cmd {

// What an instruction costs in the unit of estimated_work(); only their ratio matters.
double work_of_inst(Mode mode);
inline constexpr double kCountingWork = 4;  // an instruction of the counting run

// Runs the job to its end, fills `shared` and ends this process.
[[noreturn]] void profile_in_child(const ProfileJob& job, SharedProfile& shared);

}  // namespace m2sim::cmd
