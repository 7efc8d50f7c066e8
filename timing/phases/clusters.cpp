#include "timing/phases/clusters.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace m2sim::timing {
namespace {

constexpr unsigned kMostRounds = 100;
constexpr double kTheSame = 0.001;

// Each next centre is a place, the likelier the farther it is from all so far.
std::vector<Place> first_centres(const Places& places, std::size_t count, Random& random) {
  std::vector<double> chances(places.weights.begin(), places.weights.end());
  std::vector<double> distances(places.all.size(), std::numeric_limits<double>::infinity());
  std::vector<Place> centres;
  while (centres.size() < count) {
    double sum = 0;
    for (const double chance : chances) sum += chance;
    if (sum == 0) break;  // all places have a centre
    double left = random.real() * sum;
    std::size_t chosen = 0;
    for (std::size_t i = 0; i < chances.size() && left >= 0; ++i) {
      if (chances[i] == 0) continue;
      chosen = i;
      left -= chances[i];
    }
    centres.push_back(places.all[chosen]);
    for (std::size_t i = 0; i < chances.size(); ++i) {
      distances[i] = std::min(distances[i], squared_distance(places.all[i], centres.back()));
      chances[i] = places.weights[i] * distances[i];
    }
  }
  return centres;
}

// Empty ones go.
void move_centres(const Places& places, Clusters& clusters) {
  std::vector<Place> sums(clusters.centres.size());
  std::vector<double> weights(clusters.centres.size());
  for (std::size_t i = 0; i < places.all.size(); ++i) {
    const std::uint32_t label = clusters.labels[i];
    weights[label] += places.weights[i];
    for (std::size_t d = 0; d < kDimensions; ++d) sums[label][d] += places.weights[i] * places.all[i][d];
  }
  std::vector<std::uint32_t> kept(clusters.centres.size());
  clusters.centres.clear();
  for (std::size_t label = 0; label < sums.size(); ++label) {
    kept[label] = static_cast<std::uint32_t>(clusters.centres.size());
    if (weights[label] == 0) continue;
    for (double& coordinate : sums[label]) coordinate /= weights[label];
    clusters.centres.push_back(sums[label]);
  }
  for (std::uint32_t& label : clusters.labels) label = kept[label];
}

// True: some place has another centre than before.
bool assign(const Places& places, Clusters& clusters) {
  bool changed = false;
  clusters.squares = 0;
  for (std::size_t i = 0; i < places.all.size(); ++i) {
    const std::uint32_t label = nearest(places.all[i], clusters.centres);
    changed |= label != clusters.labels[i];
    clusters.labels[i] = label;
    clusters.squares += places.weights[i] * squared_distance(places.all[i], clusters.centres[label]);
  }
  return changed;
}

}  // namespace

std::uint32_t nearest(const Place& place, std::span<const Place> centres) {
  std::uint32_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::uint32_t i = 0; i < centres.size(); ++i) {
    const double distance = squared_distance(place, centres[i]);
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}

Clusters clustered(const Places& places, std::size_t count, unsigned tries, Random& random) {
  Clusters best;
  for (unsigned i = 0; i < tries; ++i) {
    Clusters clusters;
    clusters.labels.resize(places.all.size(), std::numeric_limits<std::uint32_t>::max());
    clusters.centres = first_centres(places, count, random);
    for (unsigned round = 0; round < kMostRounds && assign(places, clusters); ++round)
      move_centres(places, clusters);
    assign(places, clusters);
    move_centres(places, clusters);
    if (best.centres.empty() || clusters.squares < best.squares) best = std::move(clusters);
  }
  return best;
}

double bic(const Places& places, const Clusters& clusters) {
  const double all = static_cast<double>(places.all.size());
  const double count = static_cast<double>(clusters.centres.size());
  const double same = distance_of(kTheSame);
  const double variance = clusters.squares / std::max(1.0, all - count) + same * same;
  std::vector<double> sizes(clusters.centres.size());
  for (std::size_t i = 0; i < places.all.size(); ++i) sizes[clusters.labels[i]] += places.weights[i];
  double likelihood = 0;
  for (const double size : sizes) {
    likelihood += -size / 2 * std::log(2 * std::numbers::pi) - size * kDimensions / 2 * std::log(variance) -
                  (size - 1) / 2 + size * std::log(size / all);
  }
  const double parameters = count - 1 + count * kDimensions + 1;
  return likelihood - parameters / 2 * std::log(all);
}

std::size_t fewest_good(std::span<const double> scores, double threshold) {
  const auto [worst, best] = std::minmax_element(scores.begin(), scores.end());
  const double enough = *worst + threshold * (*best - *worst);
  return static_cast<std::size_t>(
      std::find_if(scores.begin(), scores.end(), [&](double score) { return score >= enough; }) -
      scores.begin());
}

}  // namespace m2sim::timing
