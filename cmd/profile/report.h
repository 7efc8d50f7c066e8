// A profile as text, as JSON and as CSV.
#pragma once

#include <string>

#include "cmd/profile/profile.h"

namespace m2sim::cmd {

// At most 100 columns. A single program in full; of several a line each, and all together in full. details:
// each of them in full too.
std::string profile_text(const ProfileSummary& summary, bool details, bool color);

// docs/profiling.md describes both. JSON: an object {schema_version, manifest, programs, total, cpu_profile,
// heap_profile}. CSV: a line for each program and mode, the figures as columns.
std::string profile_json(const ProfileSummary& summary);
std::string profile_csv(const ProfileSummary& summary);

}  // namespace m2sim::cmd
