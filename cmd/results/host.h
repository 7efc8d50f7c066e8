// The machine that runs the simulator.
#pragma once

#include <string>

namespace m2sim::cmd {

// "AMD EPYC 7B13, 2 processors": what speeds may be compared on. "unknown" where the system does not say.
std::string host_description();

}  // namespace m2sim::cmd
