// Places that lie together: k-means, and how many clusters there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "timing/phases/projection.h"
#include "timing/phases/random.h"

namespace m2sim::timing {

struct Places {
  std::span<const Place> all;
  std::span<const double> weights;  // of each; their mean is 1
};

struct Clusters {
  std::vector<std::uint32_t> labels;  // of the places
  std::vector<Place> centres;
  double squares = 0;  // weighted squared distances of places from their centres, added up
};

// The nearest of `centres`.
std::uint32_t nearest(const Place& place, std::span<const Place> centres);

// The best of `tries` of Lloyd's, each from other places (k-means++). None is empty: there may be fewer than
// `count`.
Clusters clustered(const Places& places, std::size_t count, unsigned tries, Random& random);

// How likely these clusters are, if each is a round cloud and all are as wide, less what so many parameters
// explain by themselves (the Bayesian information criterion as in Sherwood and others 2002, after Pelleg and
// Moore). Places that have all but a thousandth in common are not told apart.
double bic(const Places& places, const Clusters& clusters);

// The fewest whose score comes as near to the best as `threshold` says, between worst and best: an index.
std::size_t fewest_good(std::span<const double> scores, double threshold);

}  // namespace m2sim::timing
