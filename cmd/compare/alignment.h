// Which instruction of one function is which of another version of it.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "cmd/results/run_file.h"

namespace m2sim::cmd {

// Pairs of places in both lists, in order, as few of them alone as possible; each is there once. Instructions
// are the same where they read the same, but for what they branch to. Functions of very many instructions
// that differ in all of them are paired from the front.
using Alignment = std::vector<std::pair<std::optional<std::size_t>, std::optional<std::size_t>>>;

Alignment aligned(const std::vector<RunInstruction>& before, const std::vector<RunInstruction>& after);

}  // namespace m2sim::cmd
