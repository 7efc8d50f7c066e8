#include "cmd/verify/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cmd/console/child_process.h"
#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"
#include "cmd/guest/watch.h"
#include "cmd/verify/difference.h"
#include "cmd/verify/execution.h"
#include "cmd/verify/files.h"

namespace m2sim::cmd {
namespace {

namespace fs = std::filesystem;

constexpr int kSame = 0;
constexpr int kDifferent = 1;
constexpr int kUnknown = 2;

std::string find_qemu() {
  const char* const given = std::getenv("PATH");
  std::istringstream folders(given == nullptr ? "" : given);
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string path = fs::absolute(fs::path(folder) / "qemu-aarch64");
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  throw failure(
      "verify: there is no qemu-aarch64 in PATH; on Debian it comes with apt-get install qemu-user");
}

// Each side reads it from the start. Of a terminal, where nobody would type everything ahead, nothing.
void keep_input(const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  if (is_terminal(STDIN_FILENO)) return;
  std::vector<char> part(std::size_t{1} << 16U);
  for (ssize_t got = 0; (got = ::read(STDIN_FILENO, part.data(), part.size())) != 0;) {
    if (got < 0) {
      if (errno == EINTR) continue;
      if (errno == EBADF) return;  // closed: nothing to read
      throw failure("verify: cannot read standard input: {}", std::strerror(errno));
    }
    if (!file.write(part.data(), got)) throw failure("verify: cannot write '{}'", path);
  }
}

struct Run {
  Execution execution;
  Streams streams;
  fs::path left;  // what its directory became
};

class Verification {
 public:
  explicit Verification(const VerifyOptions& options) : options_(options), qemu_(find_qemu()) {
    directory_ = options.guest.cwd.empty() ? fs::current_path() : fs::absolute(options.guest.cwd);
    if (!fs::is_directory(directory_))
      throw failure("verify: there is no directory '{}'", directory_.string());
    keep_input(folder_.file("input"));
  }

  Run under_qemu() {
    return run("qemu", [this](const std::string& directory, const Streams& streams) {
      return run_under_qemu(qemu_, options_.guest, directory, streams, options_.timeout);
    });
  }
  Run under_m2sim() {
    return run("m2sim", [this](const std::string& directory, const Streams& streams) {
      return run_under_m2sim(options_.guest, directory, streams, folder_.file("report"), options_.timeout);
    });
  }

 private:
  template <class Execute>
  Run run(const std::string& name, Execute execute) {
    const Streams streams{folder_.file("input"), folder_.file(name + ".out"), folder_.file(name + ".err")};
    if (!options_.files) return {execute(directory_, streams), streams, {}};
    // Of the same name for both, as the program may print it.
    const fs::path copy = folder_.file("directory");
    say_left_out(copy_folder(directory_, copy, copy.parent_path()));
    Run run{execute(copy, streams), streams, folder_.file(name + ".files")};
    fs::rename(copy, run.left);
    return run;
  }

  // Once, as both are without it.
  void say_left_out(const std::vector<std::string>& names) {
    if (names.empty() || left_out_said_) return;
    left_out_said_ = true;
    const std::string more = names.size() == 1 ? "" : fmt::format(" (and {} more)", names.size() - 1);
    write_stderr(fmt::format(
        "m2sim: verify: --files: '{}'{} is neither a file nor a folder nor a link, and neither run "
        "finds it in its copy\n",
        printable(names.front()), more));
  }

  const VerifyOptions& options_;
  std::string qemu_;
  fs::path directory_;
  TemporaryDirectory folder_;
  bool left_out_said_ = false;
};

std::string difference_text(std::string_view what, const FileDifference& difference) {
  std::string text =
      fmt::format("{} differs at offset {}, in line {}\n", what, difference.offset, difference.line);
  for (const std::string& line : difference.before) text += fmt::format("  both   {}\n", printable(line));
  text +=
      fmt::format("  qemu   {}\n  m2sim  {}\n", printable(difference.here[0]), printable(difference.here[1]));
  return text;
}

// Empty: none.
std::string differences(const Run& qemu, const Run& m2sim) {
  std::string text;
  if (const auto found = first_difference(qemu.streams.output, m2sim.streams.output))
    text += difference_text("standard output", *found);
  if (const auto found = first_difference(qemu.streams.error, m2sim.streams.error))
    text += difference_text("standard error", *found);
  const std::string ends[] = {end_text(qemu.execution), end_text(m2sim.execution)};
  if (ends[0] != ends[1])
    text += fmt::format("the end differs\n  qemu   {}\n  m2sim  {}\n", ends[0], ends[1]);
  if (qemu.left.empty()) return text;
  for (const std::string& line : file_differences(qemu.left, m2sim.left)) text += line + "\n";
  return text;
}

void require_end(const Execution& execution, const char* where, const VerifyOptions& options) {
  if (execution.end == Execution::End::kFailed) throw failure("verify: {}", execution.why);
  if (execution.end != Execution::End::kTimeout) return;
  throw failure("verify: {} was still running under {} after {} seconds (--timeout)",
                options.guest.argv.front(), where, *options.timeout);
}

int compare(const VerifyOptions& options) {
  Verification verification(options);
  const Run m2sim = verification.under_m2sim();
  require_end(m2sim.execution, "m2sim", options);
  const Run qemu = verification.under_qemu();
  require_end(qemu.execution, "qemu-aarch64", options);
  const std::string program = printable(options.guest.argv.front());
  const std::string found = differences(qemu, m2sim);
  if (found.empty()) {
    write_stdout(fmt::format(
        "{}: the same under qemu-aarch64 and m2sim: {}, {} bytes of output, {} of errors\n", program,
        end_text(qemu.execution), fs::file_size(qemu.streams.output), fs::file_size(qemu.streams.error)));
    return kSame;
  }
  std::string text = fmt::format("{}: not the same under qemu-aarch64 and m2sim\n{}", program, found);
  for (const std::string& note : m2sim.execution.notes) text += fmt::format("note: {}\n", printable(note));
  text += "note: addresses of the stack and of mmap, and what the processor is said to have, differ, too\n";
  write_stdout(text);
  return kDifferent;
}

}  // namespace

CLI::App* add_verify_command(CLI::App& app, VerifyOptions& options) {
  CLI::App* command = app.add_subcommand("verify", "Compare what a program does with qemu-aarch64");
  add_whole_guest_options(*command, options.guest);
  add_timeout_option(*command, options.timeout,
                     "give up after so many seconds under either; the exit status is 2");
  command->add_flag("--files", options.files,
                    "let each run in a copy of the working directory, and compare what is in it then");
  return command;
}

int verify(const VerifyOptions& options) {
  require_program(options.guest);
  static_cast<void>(chosen_clock(options.guest, chosen_mode(options.guest)));
  static_cast<void>(configured(options.guest.core));
  try {
    return compare(options);
  } catch (const std::exception& error) {
    write_stderr(fmt::format("m2sim: {}\n", printable(error.what())));
    return kUnknown;
  }
}

}  // namespace m2sim::cmd
