// The name a user probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace m2sim::cmd {

// Edit distance with insertions, deletions, replacements and swaps of neighbours, each costing 1.
unsigned edit_distance(std::string_view a, std::string_view b);

// The candidate that was probably meant: one typing error in three letters off at most, or one that `name` is
// short for word by word ("fast" for "fast-timing"), or of the same table ("rob.size" for "rob.groups"). The
// first of equals; empty where none is near.
std::string nearest(std::string_view name, std::span<const std::string> candidates);

// "; did you mean 'x'?"; where none is near and there are few, "; there are x, y, z"; else nothing.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

}  // namespace m2sim::cmd
