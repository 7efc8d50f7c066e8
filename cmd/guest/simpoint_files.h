// Simulation points as files, in the format of SimPoint 3.x: which interval stands for which phase, and in a
// second file, line by line, for how much of the run.
#pragma once

#include <string>
#include <vector>

#include "timing/run/simpoints.h"

namespace m2sim::cmd {

// Of all points, for the whole run: those in files are rounded.
inline constexpr double kMostWeight = 1.01;

// FILE.simpoints has "interval phase" a line, FILE.weights "weight phase".
std::string simpoints_text(const std::vector<timing::SimPoint>& points);
std::string weights_text(const std::vector<timing::SimPoint>& points);

// In the order of the run. Throw UserError, with file and line, for what is neither.
std::vector<timing::SimPoint> read_simpoints(const std::string& path, const std::string& weights_path);

// "a.simpoints" beside "a.weights" and the like.
std::string beside(const std::string& path, const std::string& ending);

// Lines that say something, with their number.
struct NumberedLine {
  std::size_t number;
  std::string text;
  bool ends;  // it has its newline
};
std::vector<NumberedLine> lines_of(const std::string& path);

// For a message: the beginning of what may be long, and anything.
std::string beginning_of(const std::string& text);

}  // namespace m2sim::cmd
