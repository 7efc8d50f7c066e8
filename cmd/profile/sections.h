// The tables that the text of a profile consists of. Each has one column group a mode and ends in a line
// break.
#pragma once

#include <string>
#include <string_view>

#include "cmd/profile/profile.h"

namespace m2sim::cmd {

std::string mode_section(const ProgramProfile& program, bool color);   // the modes beside each other
std::string stage_section(const ProgramProfile& program, bool color);  // where the time goes
std::string count_section(const ProgramProfile& program, bool color);  // what happens how often
std::string cost_section(const ProgramProfile& program, bool color);   // what removing it would gain

// The `top` functions by samples.
std::string function_section(std::string_view title, const std::vector<Function>& functions,
                             std::uint64_t total, unsigned top, bool color);

// Every program, a line each, beside itself in the other modes.
std::string program_section(const ProfileSummary& summary, bool color);

}  // namespace m2sim::cmd
