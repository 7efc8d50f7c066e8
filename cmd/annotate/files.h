// An annotation as a file for other programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cmd/annotate/annotation.h"
#include "cmd/results/manifest.h"
#include "cmd/results/stat.h"

namespace m2sim::cmd {

// What `m2sim run --stats` writes, and "functions".
std::string annotation_json(const Annotation& annotation, const Manifest& manifest, const Stats& stats);

// One of its functions, with all of its instructions and loops.
nlohmann::ordered_json function_json(const Annotation& annotation, const FunctionCost& function);

// Callgrind's format, version 1, for callgrind_annotate and KCachegrind: costs by instruction and line. They
// are whole numbers there, so slots, not cycles.
std::string annotation_callgrind(const Annotation& annotation, const Manifest& manifest);

// Cycles by function and, within it, by what was inlined: a line each for flamegraph.pl and others, and
// speedscope's JSON. Who has called a function is not in them.
std::string annotation_folded(const Annotation& annotation);
std::string annotation_speedscope(const Annotation& annotation, const Manifest& manifest);

}  // namespace m2sim::cmd
