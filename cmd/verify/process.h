// A process that is waited for so long and no longer.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace m2sim::cmd {

// What waitpid says of a child that ran `body` and then ended with its value; none: it was still running
// after `timeout` seconds and was killed with all that it had started. A signal that ends m2sim ends both.
// Throws UserError where no child can be made.
std::optional<int> run_forked(const std::function<int()>& body, std::optional<double> timeout);

}  // namespace m2sim::cmd
