#include "timing/phases/clusters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <set>
#include <vector>

namespace m2sim::timing {
namespace {

// Nearly normal.
double noise(Random& random) {
  double sum = 0;
  for (int i = 0; i < 12; ++i) sum += random.real();
  return sum - 6;
}

// Round clouds of one width around places whose coordinates lie between -1 and 1.
struct Mixture {
  Mixture(std::size_t clouds, std::size_t each, double width, std::uint64_t seed) {
    Random random(seed);
    std::vector<Place> centres(clouds);
    for (Place& centre : centres)
      for (double& coordinate : centre) coordinate = 2 * random.real() - 1;
    for (std::size_t i = 0; i < clouds * each; ++i) {
      Place place = centres[i % clouds];
      for (double& coordinate : place) coordinate += width * noise(random);
      places.push_back(place);
    }
    weights.assign(places.size(), 1.0);
  }
  Places all() const { return {places, weights}; }

  std::vector<Place> places;
  std::vector<double> weights;
};

TEST(Clusters, FindsCloudsThatAreThere) {
  const Mixture mixture(5, 40, 0.02, 3);
  Random random(1);
  const Clusters found = clustered(mixture.all(), 5, 5, random);
  ASSERT_EQ(found.centres.size(), 5U);
  for (std::size_t i = 5; i < mixture.places.size(); ++i) EXPECT_EQ(found.labels[i], found.labels[i % 5]);
  const std::set<std::uint32_t> labels(found.labels.begin(), found.labels.begin() + 5);
  EXPECT_EQ(labels.size(), 5U);
}

TEST(Clusters, AreTheSameFromTheSameSeed) {
  const Mixture mixture(4, 30, 0.3, 5);
  Random one(7);
  Random other(7);
  EXPECT_EQ(clustered(mixture.all(), 6, 3, one).labels, clustered(mixture.all(), 6, 3, other).labels);
}

TEST(Clusters, ACentreIsTheWeightedMean) {
  std::vector<Place> places(2);
  places[1].fill(1);
  const std::vector<double> weights{0.5, 1.5};
  Random random(1);
  const Clusters found = clustered({places, weights}, 1, 1, random);
  for (const double coordinate : found.centres.at(0)) EXPECT_DOUBLE_EQ(coordinate, 0.75);
}

TEST(Clusters, OfPlacesThatAreAllOneThereIsOne) {
  const std::vector<Place> places(20);
  const std::vector<double> weights(20, 1.0);
  Random random(1);
  EXPECT_EQ(clustered({places, weights}, 6, 3, random).centres.size(), 1U);
}

std::size_t chosen(const Mixture& mixture) {
  Random random(11);
  std::vector<double> scores;
  for (std::size_t count = 1; count <= 15; ++count)
    scores.push_back(bic(mixture.all(), clustered(mixture.all(), count, 5, random)));
  return 1 + fewest_good(scores, 0.9);
}

TEST(Bic, ChoosesAsManyCloudsAsThereAre) {
  for (const std::size_t clouds : {2U, 3U, 6U}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed)
      EXPECT_EQ(chosen(Mixture(clouds, 60, 0.02, seed)), clouds) << "seed " << seed;
  }
}

TEST(Bic, DoesNotDivideWhatOnlyAThousandthTellsApart) {
  const Mixture mixture(1, 200, 1e-5, 1);
  Random random(1);
  EXPECT_GT(bic(mixture.all(), clustered(mixture.all(), 1, 5, random)),
            bic(mixture.all(), clustered(mixture.all(), 4, 5, random)));
}

// By hand: two places a cluster, all at distance 1 from its centre.
TEST(Bic, IsThePublishedFormula) {
  std::vector<Place> places(4);
  places[0][0] = -1;
  places[1][0] = 1;
  places[2][0] = 9;
  places[3][0] = 11;
  const std::vector<double> weights(4, 1.0);
  Clusters clusters;
  clusters.labels = {0, 0, 1, 1};
  clusters.centres.resize(2);
  clusters.centres[1][0] = 10;
  clusters.squares = 4;
  const double variance = 4.0 / 2;
  const double each =
      -std::log(2 * std::numbers::pi) - kDimensions * std::log(variance) - 0.5 + 2 * std::log(0.5);
  const double parameters = 1 + 2 * kDimensions + 1;
  EXPECT_NEAR(bic({places, weights}, clusters), 2 * each - parameters / 2 * std::log(4), 1e-3);
}

TEST(Bic, TheFewestThatAreGoodEnoughAreTaken) {
  const std::vector<double> scores{0, 50, 89, 91, 100, 95};
  EXPECT_EQ(fewest_good(scores, 0.9), 3U);
  EXPECT_EQ(fewest_good(scores, 1.0), 4U);
  EXPECT_EQ(fewest_good(std::vector<double>{7}, 0.9), 0U);
}

}  // namespace
}  // namespace m2sim::timing
