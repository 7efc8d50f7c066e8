// What makes a shell complete m2sim's command line.
#pragma once

#include <string>
#include <vector>

#include "cmd/help/tree.h"

namespace m2sim::cmd {

// `settings`: what --set can name. Throws UserError for another shell than bash, zsh and fish.
std::string completion_script(const std::string& shell, const CommandInfo& root,
                              const std::vector<std::string>& settings);

// One a shell; parts of the above.
std::string bash_completion(const CommandInfo& root, const std::vector<std::string>& settings);
std::string zsh_completion(const CommandInfo& root, const std::vector<std::string>& settings);
std::string fish_completion(const CommandInfo& root, const std::vector<std::string>& settings);

}  // namespace m2sim::cmd
