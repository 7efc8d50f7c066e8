// The name a user probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace m2sim::cmd {

// Edit distance with insertions, deletions, replacements and swaps of neighbours, each costing 1.
unsigned edit_distance(std::string_view a, std::string_view b);

// The candidate with the smallest distance (the first of equals); empty when there is none.
std::string nearest(std::string_view name, std::span<const std::string> candidates);

// "; did you mean 'x'?"; nothing when there is no candidate.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

}  // namespace m2sim::cmd
