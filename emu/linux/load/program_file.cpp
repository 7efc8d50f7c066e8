#include "emu/linux/load/program_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "emu/user_error.h"

namespace m2sim::emu {

namespace {

constexpr std::size_t kScriptLineMost = 256;  // BINPRM_BUF_SIZE
constexpr std::string_view kBlanks = " \t";

LoadFailure cannot_open(const std::string& name, int error) {
  const bool absent = error == ENOENT || error == ENOTDIR;
  return {error, absent ? UserError::Kind::kNotFound : UserError::Kind::kNotExecutable,
          "cannot open " + name + ": " + std::generic_category().message(error)};
}

// As much as tells a script from a program; 0, or the errno of the read that failed.
int read_head(int fd, std::vector<std::byte>& bytes) {
  bytes.resize(kScriptLineMost);
  const ssize_t got = ::pread(fd, bytes.data(), bytes.size(), 0);
  const int error = errno;
  bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return got < 0 ? error : 0;
}

}  // namespace

std::variant<ProgramFile, LoadFailure> look_at_program(const HostPath& file, const std::string& name,
                                                       bool needs_execute) {
  if (file.error != 0) return cannot_open(name, file.error);
  struct stat status {};
  if (::fstatat(file.directory, file.path.c_str(), &status, 0) != 0) return cannot_open(name, errno);
  // Before opening: opening a device may do something, and would let a pipe's writer go on.
  if (!S_ISREG(status.st_mode)) {
    const char* what = S_ISDIR(status.st_mode) ? ": a directory, not a program" : ": not a regular file";
    return LoadFailure{EACCES, UserError::Kind::kNotExecutable, name + what};
  }
  if (needs_execute && ::faccessat(file.directory, file.path.c_str(), X_OK, AT_EACCESS) != 0) {
    return LoadFailure{EACCES, UserError::Kind::kNotExecutable, name + ": no permission to execute it"};
  }
  const int fd = ::openat(file.directory, file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return cannot_open(name, errno);
  ProgramFile result;
  const int error = read_head(fd, result.head);
  result.host_path = name_of_descriptor(fd);
  result.file = held_descriptor(fd);
  if (error != 0) return cannot_open(name, error);
  return result;
}

bool is_foreign_program(const std::vector<std::byte>& head) {
  constexpr std::array kMagic = {std::byte{0x7f}, std::byte{'E'}, std::byte{'L'}, std::byte{'F'}};
  constexpr std::size_t kMachineAt = 18;
  constexpr std::array kAarch64 = {std::byte{183}, std::byte{0}};
  if (head.size() < kMachineAt + kAarch64.size()) return false;
  if (!std::equal(kMagic.begin(), kMagic.end(), head.begin())) return false;
  return !std::equal(kAarch64.begin(), kAarch64.end(), head.begin() + kMachineAt);
}

bool is_script(const std::vector<std::byte>& head) {
  return head.size() >= 2 && head[0] == std::byte{'#'} && head[1] == std::byte{'!'};
}

std::optional<ScriptLine> parse_script_line(const std::vector<std::byte>& head) {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  std::string_view line = text.substr(2);
  const std::size_t newline = line.find('\n');
  line = line.substr(0, newline);
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  // Linux takes a line it has not seen the end of only when the interpreter's name is complete.
  const bool cut = newline == std::string_view::npos && head.size() == kScriptLineMost;
  const std::size_t name_end = line.find_first_of(kBlanks);
  if (line.empty() || (cut && name_end == std::string_view::npos)) return std::nullopt;
  ScriptLine result;
  result.interpreter = line.substr(0, name_end);
  if (name_end == std::string_view::npos) return result;
  line.remove_prefix(name_end);
  const std::size_t begin = line.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return result;
  result.argument = line.substr(begin, line.find_last_not_of(kBlanks) - begin + 1);
  return result;
}

}  // namespace m2sim::emu
