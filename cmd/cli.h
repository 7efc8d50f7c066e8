// The whole program behind main().
#pragma once

#include <string>
#include <vector>

namespace m2sim::cmd {

// argv[0] first. Returns the exit status; every failure has become one line on standard error.
int run_m2sim(const std::vector<std::string>& arguments);

}  // namespace m2sim::cmd
