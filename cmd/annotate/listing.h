// One function: its loops, and its instructions under the lines of its source.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cmd/annotate/annotation.h"

namespace m2sim::cmd {

// Files of source, read when a line of them is asked for.
class Sources {
 public:
  std::string text(const SourceLine& line);  // without indentation; empty where there is none

 private:
  std::map<std::string, std::vector<std::string>> files_;
};

std::string listing(const Annotation& annotation, const FunctionCost& function, Sources& sources, bool color);

}  // namespace m2sim::cmd
