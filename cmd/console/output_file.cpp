#include "cmd/console/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>

#include "cmd/console/failure.h"

namespace m2sim::cmd {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  // Reports the error that a delayed write left behind.
  bool close() {
    const int fd = fd_;
    fd_ = -1;
    return ::close(fd) == 0;
  }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

[[noreturn]] void fail_writing(const std::string& path, int error) {
  throw failure("cannot write '{}': {}", path, std::strerror(error));
}

void write_directly(const std::string& path, std::string_view text) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0 || !write_all(file.get(), text)) fail_writing(path, errno);
  if (!file.close()) fail_writing(path, errno);
}

std::string directory_of(const std::string& path) {
  const std::string directory = std::filesystem::path(path).parent_path().string();
  return directory.empty() ? "." : directory;
}

// Whether one would overwrite the other: devices and pipes take what comes.
bool is_same_file(const std::string& a, const std::string& b) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(a, error);
  if (fs::exists(status)) return fs::is_regular_file(status) && fs::equivalent(a, b, error);
  const auto whole = [&error](const std::string& path) {
    return fs::weakly_canonical(fs::absolute(path, error), error);
  };
  return whole(a) == whole(b);
}

}  // namespace

bool is_special(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

void write_file(const std::string& path, std::string_view text) {
  if (is_special(path)) return write_directly(path, text);
  // A link's target is replaced, not the link.
  std::error_code none;
  const std::filesystem::path resolved = std::filesystem::weakly_canonical(path, none);
  const std::string target = none ? path : resolved.string();
  std::string temporary = target + ".XXXXXX";
  Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (file.get() < 0) fail_writing(path, errno);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  const bool done = write_all(file.get(), text) && ::fchmod(file.get(), 0666 & ~mask) == 0 && file.close() &&
                    ::rename(temporary.c_str(), target.c_str()) == 0;
  if (!done) {
    const int error = errno;
    ::unlink(temporary.c_str());
    fail_writing(path, error);
  }
}

void write_file_durably(const std::string& path, const std::string& temporary, std::string_view text) {
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (file.get() < 0) fail_writing(path, errno);
  const bool done = write_all(file.get(), text) && ::fsync(file.get()) == 0 && file.close() &&
                    ::rename(temporary.c_str(), path.c_str()) == 0;
  if (!done) {
    const int error = errno;
    ::unlink(temporary.c_str());
    fail_writing(path, error);
  }
  const Descriptor directory(::open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems know no such thing for a directory, and need none.
  if (directory.get() >= 0 && ::fsync(directory.get()) != 0 && errno != EINVAL) fail_writing(path, errno);
}

void require_writable(const std::string& path) {
  if (path.empty()) throw failure("cannot write '': the file name is empty");
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) fail_writing(path, EISDIR);
    if (!S_ISREG(status.st_mode)) {
      if (::access(path.c_str(), W_OK) != 0) fail_writing(path, errno);
      return;
    }
  }
  if (::access(directory_of(path).c_str(), W_OK | X_OK) != 0) fail_writing(path, errno);
}

void require_outputs(std::initializer_list<std::string> outputs, const std::vector<std::string>& inputs) {
  std::vector<std::string> taken = inputs;
  for (const std::string& output : outputs) {
    if (output.empty()) continue;
    require_writable(output);
    for (const std::string& other : taken) {
      if (is_same_file(output, other))
        throw failure("'{}' is named twice; writing it would lose the other", output);
    }
    taken.push_back(output);
  }
}

void write_each(std::initializer_list<std::function<void()>> writes) {
  std::exception_ptr first;
  for (const std::function<void()>& write : writes) {
    try {
      write();
    } catch (const emu::UserError&) {
      if (first == nullptr) first = std::current_exception();
    }
  }
  if (first != nullptr) std::rethrow_exception(first);
}

void write_stdout(std::string_view text) {
  if (!write_all(STDOUT_FILENO, text)) fail_writing("standard output", errno);
}

void write_stderr(std::string_view text) { write_all(STDERR_FILENO, text); }

std::string read_file(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) throw failure("cannot read '{}': {}", path, std::strerror(errno));
  std::string text;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw failure("cannot read '{}': {}", path, std::strerror(errno));
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

}  // namespace m2sim::cmd
