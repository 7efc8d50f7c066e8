#include "calibration/comparison.h"

#include <gtest/gtest.h>

namespace m2sim::calibration {
namespace {

TEST(Distance, TheLargerToleranceCounts) {
  EXPECT_DOUBLE_EQ(distance(4.2, 4), 1) << "5 % of four cycles";
  EXPECT_DOUBLE_EQ(distance(3.6, 4), 2);
  EXPECT_DOUBLE_EQ(distance(0.3, 0.25), 1) << "0.05 cycles";
  EXPECT_DOUBLE_EQ(distance(0.15, 0.25), 2);
  EXPECT_DOUBLE_EQ(distance(0, 0), 0);
}

TEST(Compare, OnlyWhatWasMeasuredCounts) {
  Experiment experiment;
  experiment.measured.cycles = 4;
  EXPECT_TRUE(compare(experiment, {.figures = {.cycles = 4.1, .uops = 100}, .failure = {}}).agrees());
  EXPECT_FALSE(compare(experiment, {.figures = {.cycles = 5}, .failure = {}}).agrees());
  EXPECT_FALSE(compare(experiment, {.figures = {.cycles = 4}, .failure = "it faults"}).agrees());
  experiment.measured.uops = 1;
  const Compared compared = compare(experiment, {.figures = {.cycles = 4, .uops = 2}, .failure = {}});
  EXPECT_FALSE(compared.agrees());
  EXPECT_DOUBLE_EQ(compared.worst, 20);
}

// Three forms of two classes, each with one figure.
struct Made {
  std::vector<CataloguedExperiment> catalogue{4};
  std::vector<const CataloguedExperiment*> chosen;
  Made() {
    const char* forms[] = {"A", "A", "B", "C"};
    const char* classes[] = {"one", "one", "two", "two"};
    for (std::size_t i = 0; i < catalogue.size(); ++i) {
      Experiment& experiment = catalogue[i].experiment;
      experiment.name = experiment.form = forms[i];
      experiment.group = classes[i];
      experiment.kind = i == 1 ? ExperimentKind::kUops : ExperimentKind::kLatency;
      (i == 1 ? experiment.measured.uops : experiment.measured.cycles) = 1;
      chosen.push_back(&catalogue[i]);
    }
  }
};

TEST(CompareAll, RollsUpByKindFormAndClass) {
  const Made made;
  const Comparison comparison = compare_all(
      made.chosen, {{{.cycles = 1}, ""}, {{.uops = 1}, ""}, {{.cycles = 3}, ""}, {{}, "it faults"}});
  EXPECT_EQ(comparison.cycles.experiments, 3U);
  EXPECT_EQ(comparison.cycles.agree, 1U);
  EXPECT_EQ(comparison.cycles.failed, 1U);
  EXPECT_EQ(comparison.cycles.disagree(), 1U);
  EXPECT_DOUBLE_EQ(comparison.cycles.share(), 1.0 / 3) << "what does not run does not agree";
  EXPECT_DOUBLE_EQ(comparison.counts.share(), 1);
  ASSERT_EQ(comparison.classes.size(), 2U);
  EXPECT_EQ(comparison.classes[0].name, "two") << "the worst first";
  EXPECT_EQ(comparison.classes[0].worst->experiment->form, "B");
  ASSERT_EQ(comparison.forms.size(), 3U);
  EXPECT_EQ(comparison.forms[0].name, "B");
  EXPECT_EQ(comparison.forms[1].experiments, 2U);
  ASSERT_EQ(comparison.kinds.size(), 2U);
  EXPECT_EQ(comparison.kinds[0].name, "latency");
}

}  // namespace
}  // namespace m2sim::calibration
