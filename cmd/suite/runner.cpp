#include "cmd/suite/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <numeric>
#include <thread>

#include "cmd/console/child_process.h"
#include "cmd/console/end_signals.h"
#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/console/progress.h"

namespace m2sim::cmd {
namespace {

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n') + 1;  // 0: nothing but line breaks
  const std::size_t begin = end == 0 ? 0 : text.find_last_of('\n', end - 1) + 1;
  return text.substr(begin, end - begin);
}

void parse_stats(const std::string& text, SuiteResult& result) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.contains("stats")) return;
  for (const auto& [name, value] : json["stats"].items()) {
    if (value.is_number()) result.stats[name] = value.get<double>();
  }
  if (json.contains("manifest")) result.program_sha256 = json["manifest"].value("program_sha256", "");
}

class Pool {
 public:
  Pool(const SuiteRun& run, const std::vector<SuiteProgram>& programs)
      : run_(run), programs_(programs), results_(programs.size()), order_(programs.size()) {
    // The longest first, so that no long one is left alone at the end.
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return programs[a].expected_instructions > programs[b].expected_instructions;
    });
  }

  std::vector<SuiteResult> run_all() {
    const auto count = std::min<std::size_t>(std::max(run_.jobs, 1U), programs_.size());
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < count; ++i) workers.emplace_back([this] { work(); });
    watch();
    workers.clear();
    return std::move(results_);
  }

 private:
  void work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      if (next_ == order_.size()) return;
      const std::size_t index = order_[next_++];
      lock.unlock();
      SuiteResult result = run_one(index);
      lock.lock();
      weight_done_ += weight(programs_[index]);
      instructions_done_ += result.stat("emulation.insts");
      results_[index] = std::move(result);
      ++done_;
      changed_.notify_all();
    }
  }

  SuiteResult run_one(std::size_t index) {
    try {
      return measured(index);
    } catch (const std::exception& error) {
      SuiteResult result;
      result.error = error.what();
      return result;
    }
  }

  SuiteResult measured(std::size_t index) {
    const SuiteProgram& program = programs_[index];
    const std::string base = directory_.file(fmt::format("{}", index));
    const std::string stats_path = base + ".json";
    ChildSpec spec;
    spec.argv = {run_.executable, "run", "--quiet", "--stats", stats_path};
    spec.argv.insert(spec.argv.end(), run_.run_options.begin(), run_.run_options.end());
    // By its name alone: a guest's stack, and with it its cycles, moves with the length of argv[0].
    const std::filesystem::path file(program.path);
    if (!exists(file)) throw failure("there is no '{}'; build the guest programs", program.path);
    spec.argv.insert(spec.argv.end(),
                     {"--sysroot", file.parent_path(), "--", "/" + file.filename().string()});
    spec.argv.insert(spec.argv.end(), program.args.begin(), program.args.end());
    spec.stdout_path = base + ".out";
    spec.stderr_path = base + ".err";
    const int status = run_child(spec);
    SuiteResult result;
    if (status != 0) {
      const std::string said = last_line(read_file(spec.stderr_path));
      result.error = said.empty() ? fmt::format("exit status {}", status) : said;
      return result;
    }
    parse_stats(read_file(stats_path), result);
    const std::string printed = read_file(spec.stdout_path);
    if (result.stats.empty()) {
      result.error = "the run left no statistics";
    } else if (printed != program.expected_stdout) {
      result.error = fmt::format("it printed '{}' instead of '{}'", last_line(printed),
                                 last_line(program.expected_stdout));
    }
    result.ok = result.error.empty();
    return result;
  }

  static double weight(const SuiteProgram& program) { return std::max(program.expected_instructions, 1.0); }

  void watch() {
    Progress progress(run_.show_progress);
    double total = 0;
    for (const SuiteProgram& program : programs_) total += weight(program);
    const auto start = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    while (done_ < programs_.size()) {
      changed_.wait_for(lock, std::chrono::milliseconds(250));
      if (const int signal = end_signals_.pending(); signal != 0) {
        progress.erase();
        directory_.remove();
        end_signals_.die_of(signal);  // the children follow
      }
      const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
      const double mips = instructions_done_ / elapsed.count() / 1e6;
      progress.show(weight_done_, total, fmt::format("{:.1f} MIPS", mips),
                    fmt::format("{} of {} programs", done_, programs_.size()));
    }
  }

  const SuiteRun& run_;
  const std::vector<SuiteProgram>& programs_;
  EndSignals end_signals_;  // held back before there is a directory to leave behind
  TemporaryDirectory directory_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<SuiteResult> results_;
  std::vector<std::size_t> order_;
  std::size_t next_ = 0;
  std::size_t done_ = 0;
  double weight_done_ = 0;
  double instructions_done_ = 0;
};

}  // namespace

std::vector<SuiteResult> run_suite(const SuiteRun& run, const std::vector<SuiteProgram>& programs) {
  return Pool(run, programs).run_all();
}

}  // namespace m2sim::cmd
