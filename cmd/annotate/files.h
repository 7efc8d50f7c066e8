// An annotation as a file for other programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cmd/annotate/annotation.h"
#include "cmd/results/manifest.h"
#include "cmd/results/stat.h"

namespace m2sim::cmd {

// What `m2sim run --stats` writes, "functions" and "calls".
std::string annotation_json(const Annotation& annotation, const Manifest& manifest, const Stats& stats);

// One of its functions, with all of its instructions and loops.
nlohmann::ordered_json function_json(const Annotation& annotation, const FunctionCost& function);

// Callgrind's format, version 1, for callgrind_annotate and KCachegrind: costs by instruction and line, and
// of calls. They are whole numbers there, so slots, not cycles.
std::string annotation_callgrind(const Annotation& annotation, const Manifest& manifest);

// Cycles by stack, of functions and what was inlined in them: a line each for flamegraph.pl and others, and
// speedscope's JSON.
std::string annotation_folded(const Annotation& annotation);
std::string annotation_speedscope(const Annotation& annotation, const Manifest& manifest);

}  // namespace m2sim::cmd
