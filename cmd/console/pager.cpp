#include "cmd/console/pager.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"

namespace m2sim::cmd {

void write_paged(std::string_view text) {
  const char* chosen = std::getenv("PAGER");
  // -F: what fits on the screen is just shown.
  const std::string pager = chosen == nullptr ? "less -FR" : chosen;
  if (!is_terminal(STDOUT_FILENO) || pager.empty() || pager == "cat") return write_stdout(text);
  // Without a pager the shell ends with 127 and has shown nothing.
  constexpr int kNotFound = 127;
  FILE* pipe = ::popen(pager.c_str(), "w");
  if (pipe == nullptr) return write_stdout(text);
  std::fwrite(text.data(), 1, text.size(), pipe);  // who leaves the pager has seen enough
  const int status = ::pclose(pipe);
  if (status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == kNotFound) write_stdout(text);
}

}  // namespace m2sim::cmd
