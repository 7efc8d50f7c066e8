#include "cmd/calibrate/fit/task.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "calibration/catalogue.h"
#include "calibration/comparison.h"
#include "calibration/structures/analysis.h"
#include "calibration/structures/reference.h"
#include "cmd/calibrate/kernels.h"
#include "cmd/calibrate/measurement_files.h"
#include "cmd/calibrate/options.h"
#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/results/config_file.h"

namespace m2sim::cmd {
namespace {

using calibration::FitObservation;
using calibration::FitParameter;
using calibration::Graded;
using calibration::Target;

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

timing::Field field_of(const timing::CoreConfig& config, const std::string& path) {
  std::vector<std::string> numbers;
  for (const timing::Field& field : timing::fields(config)) {
    const bool number = field.kind == timing::FieldKind::kNumber;
    if (field.path == path && !number)
      throw failure("--parameter: {} is made of names; only numbers can be fitted", path);
    if (field.path == path) return field;
    if (number) numbers.push_back(field.path);
  }
  throw failure("--parameter: there is no configuration field '{}'{}", path, did_you_mean(path, numbers));
}

// "path=min:max"
FitParameter parameter_of(const std::string& text, const timing::CoreConfig& config) {
  const std::size_t equals = text.find('=');
  const std::size_t colon = text.find(':', equals == std::string::npos ? 0 : equals);
  const std::string path = text.substr(0, equals);
  const timing::Field field = field_of(config, path);
  if (equals == std::string::npos || colon == std::string::npos)
    throw failure("--parameter: '{}' has no bounds; write {}=MIN:MAX", text, path);
  const auto min = number_of(std::string_view(text).substr(equals + 1, colon - equals - 1));
  const auto max = number_of(std::string_view(text).substr(colon + 1));
  if (!min || !max) throw failure("--parameter: the bounds in '{}' are not whole numbers", text);
  if (*min > *max) throw failure("--parameter: in '{}' the lower bound is above the upper one", text);
  if (*min < field.min || *max > field.max)
    throw failure("--parameter: {} can be {} to {}, and '{}' goes beyond", path, field.min, field.max, text);
  if (*min == *max) throw failure("--parameter: '{}' leaves nothing to fit; --set gives a value", text);
  const std::uint32_t own = field.get(config);
  if (own < *min || own > *max)
    throw failure(
        "--parameter: '{}' leaves out {}, what the core has without a fit and keeps where no "
        "measurement says more; widen the bounds, or --set it",
        text, own);
  return {path, *min, *max, own};
}

std::regex pattern_of(std::string_view option, const std::string& text) {
  constexpr std::size_t kLongest = 500;  // longer ones can take all of the stack
  if (text.size() > kLongest)
    throw failure("{}: {} characters, of at most {}", option, text.size(), kLongest);
  try {
    return std::regex(text);
  } catch (const std::regex_error&) {
    throw failure("{}: '{}' is no regular expression", option, text);
  }
}

class Gathering {
 public:
  Gathering(const FitWishes& wishes, FitTask& task) : wishes_(wishes), task_(task) {}

  void gather() {
    const bool others = !wishes_.instructions.empty() || !wishes_.structures.empty();
    const bool programs = !wishes_.measurements.empty() || !wishes_.filter.empty() || !wishes_.grades.empty();
    if (programs || !others) gather_programs();
    if (!wishes_.instructions.empty()) gather_instructions();
    if (!wishes_.structures.empty()) gather_structures();
  }

 private:
  void add(FitObservation observation, const Target& target) {
    observation.cost = task_.evaluator->weight(target);
    const auto same = std::ranges::find(task_.targets, target);
    observation.question = static_cast<std::size_t>(same - task_.targets.begin());
    if (observation.question == task_.targets.size()) task_.targets.push_back(target);
    task_.observations.push_back(std::move(observation));
  }

  void gather_programs() {
    const std::regex pattern = pattern_of("--filter", wishes_.filter);
    const std::vector<Graded> rows = calibration::graded(measured());
    std::map<std::string, std::vector<const Graded*>> by_set;
    for (const Graded& row : rows) by_set[row.set].push_back(&row);
    const std::size_t before = task_.observations.size();
    for (const Graded& row : rows) {
      if (!std::regex_search(row.program, pattern) && !std::regex_search(row.set, pattern)) continue;
      const std::string why_not = refused(row);
      if (why_not.empty()) {
        add_program(row, by_set[row.set]);
      } else {
        task_.left_out.push_back(fmt::format("{} of {}: {}", row.program, row.set, why_not));
      }
    }
    if (task_.observations.size() > before) return;
    if (task_.left_out.empty())
      throw failure("--filter: no measured program or set matches '{}'", wishes_.filter);
    throw failure("no measured program can be fitted to: {}", task_.left_out.front());
  }

  calibration::MeasurementFile measured() const {
    return measurements_of(wishes_.measurements, wishes_.measurements.empty());
  }

  std::string refused(const Graded& row) const {
    const std::string grades = wishes_.grades.empty() ? "AB" : wishes_.grades;
    const std::string_view grade = calibration::name_of(row.grade);
    if (grades.find(grade) == std::string::npos)
      return fmt::format("grade {}{}{}", grade, row.reasons.empty() ? "" : ", ",
                         row.reasons.empty() ? "" : row.reasons.front());
    if (!row.cycles || *row.cycles <= 0) return "it has no cycles";
    const std::optional<Target> target = calibration::parse_target(row.program);
    if (!target || !task_.evaluator->knows(*target)) return "m2sim has no such program";
    return "";
  }

  void add_program(const Graded& row, const std::vector<const Graded*>& set) {
    const calibration::ClockFactor clock = calibration::clock_factor(set);
    const double cycles = *row.cycles * clock.factor;
    // An interval that reaches zero says nothing of a ratio; a tenth is as much as nothing.
    const double low = std::max(row.low, *row.cycles / 10) * clock.factor;
    add({.name = row.program,
         .set = row.set,
         .measured = cycles,
         .low = std::min(low, cycles),
         .high = std::max(row.high * clock.factor, cycles)},
        *calibration::parse_target(row.program));
    if (task_.sets.empty() || task_.sets.back().name != row.set)
      task_.sets.push_back({.name = row.set, .chip = row.chip, .observations = 0, .clock = clock});
    ++task_.sets.back().observations;
  }

  void gather_instructions() {
    const std::regex pattern = pattern_of("--instructions", wishes_.instructions);
    const std::size_t before = task_.observations.size();
    for (const calibration::CataloguedExperiment& entry : calibration::instruction_catalogue()) {
      const calibration::Experiment& experiment = entry.experiment;
      // What takes no time has no ratio.
      constexpr double kLeast = 2 * calibration::kAbsoluteTolerance;
      if (!experiment.measured.cycles || *experiment.measured.cycles < kLeast) continue;
      if (!std::regex_search(experiment.name, pattern)) continue;
      const double cycles = *experiment.measured.cycles;
      const double tolerance =
          std::max(calibration::kAbsoluteTolerance, calibration::kRelativeTolerance * cycles);
      add({.name = "instruction/" + experiment.name,
           .set = "instructions",
           .measured = cycles,
           .low = cycles - tolerance,
           .high = cycles + tolerance},
          {calibration::TargetKind::kInstruction, experiment.name});
    }
    if (task_.observations.size() == before)
      throw failure("--instructions: no experiment with cycles matches '{}'", wishes_.instructions);
  }

  void gather_structures() {
    const std::regex pattern = pattern_of("--structures", wishes_.structures);
    const std::string core = built_in_base(wishes_.core);
    const std::size_t before = task_.observations.size();
    for (const calibration::Reference& point : calibration::structure_references()) {
      // What the model is known to lack no number makes up for.
      if (point.core != core || point.kind != calibration::ReferenceKind::kPoint || !point.open.empty())
        continue;
      const Target target{calibration::TargetKind::kStructure, point.curve,
                          static_cast<std::uint64_t>(std::llround(point.from))};
      const std::string name = calibration::text_of(target);
      if (!std::regex_search(name, pattern) || point.value <= 0 || !task_.evaluator->knows(target)) continue;
      const double tolerance =
          std::min(std::max(calibration::kPlateauTolerance * point.value, calibration::kPlateauCycles),
                   point.value / 2);
      add({.name = name,
           .set = "structures",
           .measured = point.value,
           .low = std::min(point.low, point.value - tolerance),
           .high = std::max(point.high, point.value + tolerance)},
          target);
    }
    if (task_.observations.size() == before)
      throw failure("--structures: no measured point of {} matches '{}'", core, wishes_.structures);
  }

  const FitWishes& wishes_;
  FitTask& task_;
};

void check_grades(const std::string& grades) {
  for (const char grade : grades) {
    if (std::string_view("ABC").find(grade) == std::string_view::npos)
      throw failure("--grades: there is no '{}' to fit to; write some of ABC", grade);
  }
}

}  // namespace

timing::CoreConfig FitTask::with(const calibration::Values& values) const {
  timing::CoreConfig changed = config;
  for (std::size_t i = 0; i < fields.size(); ++i) fields[i].set(changed, values[i]);
  return changed;
}

calibration::FitProblem FitTask::problem(calibration::Model model) const {
  calibration::FitProblem problem;
  problem.parameters = parameters;
  problem.observations = observations;
  problem.buildable = [this](const calibration::Values& values) {
    return timing::check(with(values)).empty();
  };
  problem.predict = [this, model](std::size_t question, const calibration::Values& values) {
    return known->value(targets[question], with(values), model);
  };
  problem.known = [this, model](std::size_t question, const calibration::Values& values) {
    return known->known(targets[question], with(values), model);
  };
  return problem;
}

std::string built_in_base(const std::string& core) {
  if (!core.ends_with(".toml")) return core;
  const std::string_view processor = emu::processor(load_cpu(core)).name;
  for (const std::string& name : core_names()) {
    if (name.starts_with(processor)) return name;
  }
  return core_names().front();
}

FitTask fit_task(const FitWishes& wishes, const timing::CoreConfig& config) {
  FitTask task;
  task.config = config;
  if (wishes.parameters.empty()) throw failure("fit: say what: --parameter PATH=MIN:MAX");
  for (const std::string& text : wishes.parameters) {
    FitParameter parameter = parameter_of(text, config);
    if (std::ranges::find(task.parameters, parameter.path, &FitParameter::path) != task.parameters.end())
      throw failure("--parameter: {} is there twice", parameter.path);
    task.fields.push_back(field_of(config, parameter.path));
    task.parameters.push_back(std::move(parameter));
  }
  check_grades(wishes.grades);
  std::vector<calibration::Kernel> kernels = suite_kernels(wishes.programs);
  task.evaluator = std::make_unique<calibration::Evaluator>(kernels);
  task.known = std::make_unique<calibration::KnownValues>(*task.evaluator);
  Gathering(wishes, task).gather();
  for (const calibration::Kernel& kernel : kernels) {
    const Target target{calibration::TargetKind::kKernel, kernel.name};
    if (std::ranges::find(task.targets, target) != task.targets.end()) task.programs.push_back(kernel.path);
  }
  return task;
}

}  // namespace m2sim::cmd
