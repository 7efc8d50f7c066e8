#include "cmd/verify/execution.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cmd/console/failure.h"
#include "cmd/console/guest_host.h"
#include "cmd/console/output_file.h"
#include "cmd/results/guest_end.h"
#include "cmd/verify/process.h"
#include "emu/linux/kernel.h"
#include "timing/run/simulation.h"

namespace m2sim::cmd {
namespace {

using nlohmann::json;

// System calls whose results are the machine's, not the program's.
struct Reason {
  std::uint64_t call;
  std::string_view text;
};
constexpr std::string_view kIds = "it asks for process ids: here they count from 1000";
constexpr std::string_view kClock = "it reads the clock: here it begins at --start-time and is simulated";
constexpr std::string_view kUsage = "it asks for the time or memory that it used";
constexpr std::string_view kMachine =
    "it asks for the machine: here that is one Apple core with its own name and memory";
constexpr std::string_view kRandom = "it asks for random bytes: here they are the same in every run";
constexpr std::array<Reason, 13> kReasons{{{172, kIds},       // getpid
                                           {173, kIds},       // getppid
                                           {178, kIds},       // gettid
                                           {220, kIds},       // clone
                                           {113, kClock},     // clock_gettime
                                           {169, kClock},     // gettimeofday
                                           {115, kClock},     // clock_nanosleep
                                           {153, kUsage},     // times
                                           {165, kUsage},     // getrusage
                                           {160, kMachine},   // uname
                                           {179, kMachine},   // sysinfo
                                           {123, kMachine},   // sched_getaffinity
                                           {278, kRandom}}};  // getrandom

std::vector<std::string>& warnings() {
  static std::vector<std::string> lines;
  return lines;
}

bool become(int fd, const std::string& path, int flags) {
  constexpr mode_t kMode = 0600;
  const int file = ::open(path.c_str(), flags, kMode);
  if (file < 0 || ::dup2(file, fd) != fd) return false;
  ::close(file);
  return true;
}

bool use(const Streams& streams) {
  constexpr int kNew = O_WRONLY | O_CREAT | O_TRUNC;
  return become(STDIN_FILENO, streams.input, O_RDONLY) && become(STDOUT_FILENO, streams.output, kNew) &&
         become(STDERR_FILENO, streams.error, kNew);
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> all;
  for (const std::string& word : words) all.push_back(const_cast<char*>(word.c_str()));
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> qemu_command(const std::string& qemu, const GuestOptions& guest) {
  std::vector<std::string> command{qemu, "-cpu", "max", "-0", guest.argv.front()};
  if (!guest.sysroot.empty()) command.insert(command.end(), {"-L", std::filesystem::absolute(guest.sysroot)});
  command.push_back(std::filesystem::absolute(guest.argv.front()));
  command.insert(command.end(), guest.argv.begin() + 1, guest.argv.end());
  return command;
}

// What the child of run_under_m2sim hands back.
json report_of(const GuestOptions& guest, const std::string& directory) {
  const GuestHost host;
  emu::MachineOptions options = machine_options(guest, host);
  options.cwd = directory;
  options.diagnostics = [](std::string_view line) { warnings().emplace_back(line); };
  emu::Machine machine(options);
  const Mode mode = chosen_mode(guest);
  const timing::CoreConfig config = configured(guest.core);
  Manifest manifest = manifest_of(guest, mode, config, machine, {.program = false, .core = false});
  timing::Simulation simulation{mode, config};
  simulation.clock = manifest.clock;
  host.guest_begins();
  const timing::Outcome outcome = timing::simulate(machine, simulation);
  host.guest_has_ended();
  const std::string line = settle_end(outcome.end, machine, manifest);
  std::vector<std::string> notes = warnings();
  if (!line.empty()) notes.push_back(line);
  const auto& counts = machine.kernel().call_counts;
  for (const Reason& reason : kReasons) {
    const bool made = reason.call < counts.size() && counts[reason.call].calls != 0;
    const bool said = std::find(notes.begin(), notes.end(), reason.text) != notes.end();
    if (made && !said) notes.emplace_back(reason.text);
  }
  return {{"end", manifest.end}, {"number", manifest.status}, {"notes", notes}};
}

int run_and_report(const GuestOptions& guest, const std::string& directory, const std::string& path) {
  json report;
  try {
    report = report_of(guest, directory);
  } catch (const std::exception& error) {
    report = {{"end", "failed"}, {"why", error.what()}};
  }
  write_file(path, report.dump(-1, ' ', false, json::error_handler_t::replace));
  return 0;
}

Execution read_report(const std::string& path) {
  Execution execution;
  const json report = json::parse(read_file(path), nullptr, false);
  if (report.is_discarded()) {
    execution.why = "m2sim left no report";
    return execution;
  }
  const auto end = report.value("end", "");
  if (end == "exit") execution.end = Execution::End::kExit;
  if (end == "signal") execution.end = Execution::End::kSignal;
  execution.number = report.value("number", 0);
  execution.why = report.value("why", "it was stopped");
  execution.notes = report.value("notes", std::vector<std::string>());
  return execution;
}

// qemu's own last line about a signal is not the program's.
void drop_epitaph(const std::string& path) {
  constexpr std::string_view kBegin = "qemu: uncaught target signal ";
  constexpr std::size_t kMost = 120;
  const std::uintmax_t size = std::filesystem::file_size(path);
  const std::size_t tail = std::min<std::uintmax_t>(size, kMost);
  std::string text(tail, '\0');
  const int file = ::open(path.c_str(), O_RDONLY);
  const ssize_t got = ::pread(file, text.data(), tail, static_cast<off_t>(size - tail));
  ::close(file);
  const std::size_t at = text.rfind(kBegin);
  if (got != static_cast<ssize_t>(tail) || at == std::string::npos) return;
  std::filesystem::resize_file(path, size - tail + at);
}

}  // namespace

std::string end_text(const Execution& execution) {
  switch (execution.end) {
    case Execution::End::kExit:
      return fmt::format("exit status {}", execution.number);
    case Execution::End::kSignal:
      return fmt::format("killed by {}", signal_name(execution.number));
    case Execution::End::kTimeout:
      return "still running";
    case Execution::End::kFailed:
      break;
  }
  return execution.why;
}

Execution run_under_qemu(const std::string& qemu, const GuestOptions& guest, const std::string& directory,
                         const Streams& streams, std::optional<double> timeout) {
  const std::vector<std::string> command = qemu_command(qemu, guest);
  std::vector<std::string> environment = guest_environment(guest.env);
  std::reverse(environment.begin(), environment.end());  // its guest gets them last first
  const std::optional<int> status = run_forked(
      [&] {
        const rlimit no_core{0, RLIM_INFINITY};
        ::setrlimit(RLIMIT_CORE, &no_core);
        if (use(streams) && ::chdir(directory.c_str()) == 0)
          ::execve(command[0].c_str(), pointers(command).data(), pointers(environment).data());
        return kExitInternal;
      },
      timeout);
  Execution execution;
  if (!status) {
    execution.end = Execution::End::kTimeout;
  } else if (WIFSIGNALED(*status)) {
    execution.end = Execution::End::kSignal;
    execution.number = WTERMSIG(*status);
    drop_epitaph(streams.error);
  } else {
    execution.end = Execution::End::kExit;
    execution.number = WEXITSTATUS(*status);
  }
  return execution;
}

Execution run_under_m2sim(const GuestOptions& guest, const std::string& directory, const Streams& streams,
                          const std::string& report, std::optional<double> timeout) {
  const std::optional<int> status = run_forked(
      [&] { return use(streams) ? run_and_report(guest, directory, report) : kExitInternal; }, timeout);
  Execution execution;
  if (!status) {
    execution.end = Execution::End::kTimeout;
  } else if (WIFSIGNALED(*status)) {
    execution.why = fmt::format("m2sim itself was killed by {}", signal_name(WTERMSIG(*status)));
  } else if (*status != 0) {
    execution.why = fmt::format("m2sim could not open '{}'", streams.input);
  } else {
    execution = read_report(report);
  }
  return execution;
}

}  // namespace m2sim::cmd
