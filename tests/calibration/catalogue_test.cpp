#include "calibration/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

#include "insts/decode.h"

namespace m2sim::calibration {
namespace {

TEST(Catalogue, EveryExperimentHasItsOwnCode) {
  const std::vector<CataloguedExperiment>& catalogue = instruction_catalogue();
  EXPECT_EQ(catalogue.size(), 8065U);
  std::set<std::string> names;
  for (const auto& [experiment, code] : catalogue) {
    SCOPED_TRACE(experiment.name);
    EXPECT_TRUE(names.insert(experiment.name).second);
    const auto insts = 1 + std::ranges::count(experiment.body, ';');
    ASSERT_EQ(code.body.size(), static_cast<std::size_t>(insts));
    EXPECT_EQ(insts::decode(code.setup.back()).op, insts::Op::kISB);
    EXPECT_EQ(code.end.size(), experiment.loop == LoopEnd::kNone ? 1U : 3U);
    EXPECT_EQ(insts::decode(code.end.back()).op, insts::Op::kB);
  }
}

TEST(Catalogue, WordsThatAreNotThoseOfTheExperimentsAreRefused) {
  const std::vector<Experiment> two(2);
  const std::vector<std::uint32_t> words{1, 10, 0, 1, 1, 20, 30, 1, 1, 1, 40, 50, 60};
  const std::vector<CataloguedExperiment> catalogue = catalogue_of(two, words);
  EXPECT_EQ(catalogue[0].code.beginning[0], 10U);
  EXPECT_TRUE(catalogue[0].code.setup.empty());
  EXPECT_EQ(catalogue[0].code.end[0], 30U);
  EXPECT_EQ(catalogue[1].code.body[0], 50U);
  EXPECT_THROW(catalogue_of(two, Words(words).first(words.size() - 1)), std::invalid_argument);
  EXPECT_THROW(catalogue_of(std::vector<Experiment>(1), words), std::invalid_argument);
  EXPECT_THROW(catalogue_of(two, {}), std::invalid_argument);
}

}  // namespace
}  // namespace m2sim::calibration
