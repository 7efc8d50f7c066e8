#include "cmd/console/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

#include "cmd/console/end_signals.h"
#include "cmd/console/failure.h"

namespace m2sim::cmd {
namespace {

// Only async-signal-safe calls: the parent has threads, and they may hold locks.
[[noreturn]] void become(const ChildSpec& spec, char* const* argv) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  release_end_signals();
  const int in = ::open("/dev/null", O_RDONLY);
  const int out = ::open(spec.stdout_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int err = ::open(spec.stderr_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const bool open = in >= 0 && out >= 0 && err >= 0;
  if (open && ::dup2(in, 0) == 0 && ::dup2(out, 1) == 1 && ::dup2(err, 2) == 2) {
    ::close(in);
    ::close(out);
    ::close(err);
    ::execv(argv[0], argv);
  }
  ::_exit(kExitInternal);
}

}  // namespace

int run_child(const ChildSpec& spec) {
  std::vector<char*> argv;
  for (const std::string& argument : spec.argv) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) throw failure("cannot start '{}': {}", spec.argv[0], std::strerror(errno));
  if (pid == 0) become(spec, argv.data());
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) throw failure("cannot wait for '{}': {}", spec.argv[0], std::strerror(errno));
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

TemporaryDirectory::TemporaryDirectory() {
  std::error_code error;
  const std::filesystem::path base = std::filesystem::temp_directory_path(error);
  if (error) throw failure("cannot find a directory for temporary files: {}; set TMPDIR", error.message());
  std::string name = (base / "m2sim.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw failure("cannot make a temporary directory '{}': {}", name, std::strerror(errno));
  }
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() { remove(); }

void TemporaryDirectory::remove() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path own_executable() {
  std::error_code error;
  auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) throw failure("cannot find m2sim's own executable: {}", error.message());
  return path;
}

}  // namespace m2sim::cmd
