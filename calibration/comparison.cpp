#include "calibration/comparison.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace m2sim::calibration {
namespace {

// In the order in which names come up.
class Grouping {
 public:
  void add(const std::string& name, const Compared& compared) {
    const auto [place, is_new] = places_.try_emplace(name, groups_.size());
    if (is_new) groups_.emplace_back().name = name;
    groups_[place->second].add(compared);
  }
  std::vector<Rollup> take() { return std::move(groups_); }

 private:
  std::map<std::string, std::size_t> places_;
  std::vector<Rollup> groups_;
};

double worst_distance(const Rollup& rollup) { return rollup.worst == nullptr ? 0 : rollup.worst->worst; }

}  // namespace

double distance(double ours, double measured) {
  return std::abs(ours - measured) / std::max(kRelativeTolerance * measured, kAbsoluteTolerance);
}

Compared compare(const Experiment& experiment, Measurement ours) {
  Compared compared{.experiment = &experiment, .ours = std::move(ours)};
  for (const FigureInfo& figure : kFigures) {
    const std::optional<double>& measured = experiment.measured.*figure.member;
    const std::optional<double>& given = compared.ours.figures.*figure.member;
    if (measured && given) compared.worst = std::max(compared.worst, distance(*given, *measured));
  }
  return compared;
}

double Rollup::share() const {
  return experiments == 0 ? 1 : static_cast<double>(agree) / static_cast<double>(experiments);
}

void Rollup::add(const Compared& compared) {
  ++experiments;
  if (!compared.ran()) {
    ++failed;
    return;
  }
  if (compared.agrees()) ++agree;
  if (worst == nullptr || compared.worst > worst->worst) worst = &compared;
}

Comparison compare_all(std::span<const CataloguedExperiment* const> experiments,
                       std::vector<Measurement> ours) {
  Comparison comparison;
  comparison.experiments.reserve(experiments.size());  // what follows points to them
  for (std::size_t i = 0; i < experiments.size(); ++i) {
    comparison.experiments.push_back(compare(experiments[i]->experiment, std::move(ours[i])));
  }
  Grouping kinds;
  Grouping classes;
  Grouping forms;
  for (const Compared& compared : comparison.experiments) {
    const Experiment& experiment = *compared.experiment;
    (experiment.kind == ExperimentKind::kUops ? comparison.counts : comparison.cycles).add(compared);
    kinds.add(std::string(name_of(experiment.kind)), compared);
    classes.add(experiment.group, compared);
    forms.add(experiment.form, compared);
  }
  comparison.cycles.name = "cycles";
  comparison.counts.name = "uops and issues";
  comparison.kinds = kinds.take();
  comparison.classes = classes.take();
  comparison.forms = forms.take();
  std::ranges::stable_sort(comparison.classes, [](const Rollup& a, const Rollup& b) {
    return std::pair(a.disagree(), worst_distance(a)) > std::pair(b.disagree(), worst_distance(b));
  });
  std::ranges::stable_sort(comparison.forms, std::ranges::greater(), worst_distance);
  return comparison;
}

}  // namespace m2sim::calibration
