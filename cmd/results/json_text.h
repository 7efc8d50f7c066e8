// The text of a JSON file that somebody gives to m2sim.
#pragma once

#include <string>

namespace m2sim::cmd {

// Throws UserError where it cannot be read, and where values nest so deep that the library's stack would not
// hold them. All else that may be wrong is for whoever parses it.
std::string read_json_text(const std::string& path);

}  // namespace m2sim::cmd
