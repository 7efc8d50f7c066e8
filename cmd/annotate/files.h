// An annotation as a file for other programs.
#pragma once

#include <string>

#include "cmd/annotate/annotation.h"
#include "cmd/results/manifest.h"
#include "cmd/results/stat.h"

namespace m2sim::cmd {

// What `m2sim run --stats` writes, and "functions".
std::string annotation_json(const Annotation& annotation, const Manifest& manifest, const Stats& stats);

}  // namespace m2sim::cmd
