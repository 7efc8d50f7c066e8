#include "cmd/sweep/job_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "cmd/console/end_signals.h"
#include "cmd/console/failure.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t kKeptErrors = 4096;  // bytes of standard error, the last ones

[[noreturn]] void cannot(const char* what, const std::string& name) {
  const std::string line = fmt::format("m2sim: cannot {} '{}': {}\n", what, name, std::strerror(errno));
  static_cast<void>(!::write(STDERR_FILENO, line.data(), line.size()));
  ::_exit(kExitInternal);
}

// This process has one thread: nothing is locked in the child.
[[noreturn]] void become_job(const JobProcessSpec& spec, int errors, pid_t parent) {
  ::setpgid(0, 0);  // what a terminal sends is for the sweep alone
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kExitInternal);  // it was sooner
  ::dup2(errors, STDERR_FILENO);
  release_end_signals();
  if (::chdir(spec.folder.c_str()) != 0) cannot("go to", spec.folder);
  const std::string input = spec.stdin_path.empty() ? "/dev/null" : spec.stdin_path;
  const int in = ::open(input.c_str(), O_RDONLY);
  if (in < 0 || ::dup2(in, STDIN_FILENO) < 0) cannot("read", input);
  const int out = ::open("/dev/null", O_WRONLY);
  if (out < 0 || ::dup2(out, STDOUT_FILENO) < 0) cannot("write", "/dev/null");
  for (const int fd : {in, out}) {
    if (fd > STDERR_FILENO) ::close(fd);
  }
  std::vector<char*> argv;
  for (const std::string& argument : spec.argv) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  cannot("start", spec.argv[0]);
}

std::string last_line_of(const std::string& text) {
  const std::size_t end = text.find_last_not_of("\r\n ") + 1;  // 0: nothing but blanks
  const std::size_t begin = end == 0 ? 0 : text.find_last_of('\n', end - 1) + 1;
  return text.substr(begin, end - begin);
}

}  // namespace

JobProcess::JobProcess(const JobProcessSpec& spec, double timeout) : timeout_(timeout) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw failure("cannot make a pipe: {}", std::strerror(errno));
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  const int error = errno;
  if (pid_ == 0) become_job(spec, ends[1], parent);
  ::close(ends[1]);
  pipe_ = ends[0];
  if (pid_ < 0) {
    ::close(pipe_);
    throw failure("cannot start '{}': {}", spec.argv[0], std::strerror(error));
  }
  ::setpgid(pid_, pid_);  // whoever comes first
  ::fcntl(pipe_, F_SETFL, O_NONBLOCK);
}

JobProcess::~JobProcess() {
  if (pipe_ >= 0) ::close(pipe_);
  if (pid_ < 0) return;
  ::kill(-pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

double JobProcess::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void JobProcess::read_errors() {
  char buffer[1 << 16];
  // At most so often: one that never stops talking must not keep the others waiting.
  for (int i = 0; i < 16 && pipe_ >= 0; ++i) {
    const ssize_t count = ::read(pipe_, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      ::close(pipe_);
      pipe_ = -1;
      return;
    }
    said_.append(buffer, static_cast<std::size_t>(count));
    if (said_.size() > kKeptErrors) said_.erase(0, said_.size() - kKeptErrors);
  }
}

std::optional<JobProcessEnd> JobProcess::check() {
  read_errors();
  if (timeout_ > 0 && !timed_out_ && seconds() > timeout_) {
    timed_out_ = true;
    ::kill(-pid_, SIGKILL);
  }
  int status = 0;
  rusage used{};
  if (::wait4(pid_, &status, WNOHANG, &used) != pid_) return std::nullopt;
  ::kill(-pid_, SIGKILL);  // whatever it left behind
  pid_ = -1;
  read_errors();
  JobProcessEnd end;
  end.killed = WIFSIGNALED(status);
  end.status = end.killed ? WTERMSIG(status) : WEXITSTATUS(status);
  end.timed_out = timed_out_ && end.killed;
  end.seconds = seconds();
  end.peak_memory = static_cast<std::uint64_t>(used.ru_maxrss) * 1024;
  end.last_line = last_line_of(said_);
  return end;
}

}  // namespace m2sim::cmd
