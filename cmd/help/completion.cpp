#include "cmd/help/completion.h"

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"

namespace m2sim::cmd {

std::string completion_script(const std::string& shell, const CommandInfo& root,
                              const std::vector<std::string>& settings) {
  if (shell == "bash") return bash_completion(root, settings);
  if (shell == "zsh") return zsh_completion(root, settings);
  if (shell == "fish") return fish_completion(root, settings);
  if (shell.empty()) throw failure("completion: say for which shell: bash, zsh or fish");
  const std::vector<std::string> shells{"bash", "zsh", "fish"};
  throw failure("completion: there is no shell '{}'{}", shell, did_you_mean(shell, shells));
}

}  // namespace m2sim::cmd
