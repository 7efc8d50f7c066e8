#include "calibration/check/check.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <tuple>
#include <utility>

#include "calibration/statistics/robust.h"

namespace m2sim::calibration {
namespace {

// What one core says to one program, for all sets that measured it.
struct Question {
  const NamedCore* core;
  Target target;
  std::optional<double> cycles;
  std::string failure;
  std::optional<KernelRuns> runs;

  bool asks(const NamedCore* other_core, const Target& other) const {
    return core == other_core && target == other;
  }
};

void answer(Question& question, const Evaluator& evaluator, Model model) {
  try {
    const timing::CoreConfig& config = question.core->config;
    if (question.target.kind == TargetKind::kKernel) {
      question.runs = evaluator.kernel_runs(question.target.name, config, model);
      question.cycles = question.runs->cycles();
    } else {
      question.cycles = evaluator.cycles(question.target, config, model);
    }
  } catch (const std::exception& error) {
    question.failure = error.what();
  }
}

class Session {
 public:
  Session(const CheckBatch& batch, const Evaluator& evaluator) : batch_(batch), evaluator_(evaluator) {
    for (const Graded& measured : batch.measurements) ask(measured);
  }

  std::vector<Checked> run(const ProgressSink& progress) {
    in_parallel({.count = questions_.size(),
                 .jobs = batch_.jobs,
                 .run = [this](std::size_t i) { answer(questions_[i], evaluator_, batch_.model); },
                 .weight = [this](std::size_t i) { return evaluator_.weight(questions_[i].target); }},
                progress);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (question_of_[i]) take(rows_[i], questions_[*question_of_[i]]);
    }
    return std::move(rows_);
  }

 private:
  void ask(const Graded& measured) {
    Checked& row = rows_.emplace_back();
    row.measured = measured;
    std::optional<std::size_t>& place = question_of_.emplace_back();
    const std::optional<Target> target = parse_target(measured.program);
    if (!measured.cycles) return refuse(row, "it was measured without a clock");
    if (!target || !evaluator_.knows(*target)) return refuse(row, "no program of this name");
    const NamedCore* const core = batch_.core_of(measured);
    if (core == nullptr) return refuse(row, "no model of its core");
    row.core = core->name;
    const auto known =
        std::ranges::find_if(questions_, [&](const Question& q) { return q.asks(core, *target); });
    place = static_cast<std::size_t>(known - questions_.begin());
    if (known == questions_.end()) questions_.push_back({core, *target, {}, {}, {}});
  }

  static void refuse(Checked& row, std::string why) { row.failure = std::move(why); }

  static void take(Checked& row, const Question& question) {
    row.ours = question.cycles;
    row.failure = question.failure;
    if (!question.runs) return;
    row.our_instructions = question.runs->instructions();
    for (const timing::StatInfo& info : timing::stat_table()) {
      const std::string name(info.name);
      if (row.measured.counters.contains(name)) row.our_counters[name] = question.runs->an_iteration(info);
    }
  }

  const CheckBatch& batch_;
  const Evaluator& evaluator_;
  std::vector<Checked> rows_;
  std::vector<std::optional<std::size_t>> question_of_;  // by row
  std::vector<Question> questions_;
};

// Of ours as a prediction of measured.
std::optional<double> r2_of(std::span<const Checked* const> rows, AtClock clock) {
  constexpr std::size_t kLeast = 3;
  if (rows.size() < kLeast) return std::nullopt;
  double mean = 0;
  const auto measured = [clock](const Checked& row) {
    return std::log(clock == AtClock::kOwn ? row.cycles() : *row.measured.cycles);
  };
  for (const Checked* row : rows) mean += measured(*row) / static_cast<double>(rows.size());
  double left = 0;
  double all = 0;
  for (const Checked* row : rows) {
    left += std::pow(measured(*row) - std::log(*row->ours), 2);
    all += std::pow(measured(*row) - mean, 2);
  }
  if (all == 0) return std::nullopt;
  return 1 - left / all;
}

}  // namespace

double symmetric(double error) {
  const double ratio = 1 + error;
  return ratio >= 1 ? ratio - 1 : 1 / ratio - 1;
}

Accuracy accuracy(std::span<const Checked* const> rows, AtClock clock) {
  Accuracy accuracy;
  accuracy.count = rows.size();
  if (rows.empty()) return accuracy;
  std::vector<double> errors;
  const auto count = static_cast<double>(rows.size());
  for (const Checked* row : rows) {
    const double error = clock == AtClock::kOwn ? row->error() : row->error_as_assumed();
    errors.push_back(std::abs(error));
    accuracy.mean += std::abs(error) / count;
    accuracy.mean_symmetric += symmetric(error) / count;
  }
  accuracy.worst = std::ranges::max(errors);
  accuracy.median = median(std::move(errors));
  accuracy.r2 = r2_of(rows, clock);
  return accuracy;
}

ClockFactor clock_factor(std::span<const Graded* const> set) {
  ClockFactor found;
  for (const Graded* row : set) {
    if (row->clock_how != name_of(ClockHow::kAssumed) || !row->certain_cycles || !row->cycles) continue;
    const double factor = *row->certain_cycles / *row->cycles;
    if (found.program.empty() || factor > found.factor) found = {factor, row->program};
  }
  return found;
}

namespace {

Accuracy accuracy_of(std::span<const Checked> rows, AtClock clock,
                     const std::function<bool(const Checked&)>& wanted) {
  std::vector<const Checked*> chosen;
  for (const Checked& row : rows) {
    if (row.counts(clock) && wanted(row)) chosen.push_back(&row);
  }
  return accuracy(chosen, clock);
}

CheckedSet checked_set(const std::string& name, std::vector<Checked>& rows) {
  CheckedSet set;
  set.name = name;
  std::vector<const Graded*> measured;
  for (const Checked& row : rows) {
    if (row.measured.set == name) measured.push_back(&row.measured);
  }
  set.chip = measured.front()->chip;
  set.clock_how = measured.front()->clock_how;
  set.clock = clock_factor(measured);
  const auto in_set = [&name](const Checked& row) { return row.measured.set == name; };
  for (Checked& row : rows) {
    if (!in_set(row)) continue;
    row.clock_factor = set.clock.factor;
    row.gives_factor = row.measured.program == set.clock.program;
  }
  set.as_assumed = accuracy_of(rows, AtClock::kAssumed, in_set);
  set.own = accuracy_of(rows, AtClock::kOwn, in_set);
  return set;
}

}  // namespace

Accuracy Check::overall(std::string_view grades, AtClock clock) const {
  return accuracy_of(rows, clock, [grades](const Checked& row) {
    return grades.find(name_of(row.measured.grade)) != std::string_view::npos;
  });
}

Check check(const CheckBatch& batch, const Evaluator& evaluator, const ProgressSink& progress) {
  Check result;
  result.rows = Session(batch, evaluator).run(progress);
  for (const Checked& row : result.rows) {
    const std::string& name = row.measured.set;
    if (std::ranges::find(result.sets, name, &CheckedSet::name) != result.sets.end()) continue;
    result.sets.push_back(checked_set(name, result.rows));
  }
  return result;
}

}  // namespace m2sim::calibration
