// Names of functions as their source has them.
#pragma once

#include <string>

namespace m2sim::cmd {

// What is no mangled name stays as it is.
std::string demangled(const std::string& symbol);

}  // namespace m2sim::cmd
