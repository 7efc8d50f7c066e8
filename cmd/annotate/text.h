// The cycles of a run for human eyes.
#pragma once

#include <string>
#include <vector>

#include "cmd/annotate/annotation.h"
#include "cmd/results/manifest.h"

namespace m2sim::cmd {

struct TextOptions {
  unsigned functions = 3;          // whose instructions are shown, the hottest first
  std::vector<std::string> named;  // not empty: these instead
  bool tree = false;               // who called what
  unsigned depth = 12;             // of the tree
  double least_percent = 1;        // of the program's cycles, to be in it
  bool color = false;
};

// Throws UserError for a name that no function has that cost anything.
std::string annotation_text(const Annotation& annotation, const Manifest& manifest,
                            const TextOptions& options);

}  // namespace m2sim::cmd
