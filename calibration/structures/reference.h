// What was measured of the structures: data/structures.csv, whose head explains the columns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace m2sim::calibration {

enum class ReferenceKind : std::uint8_t {
  kPoint,    // y at x = from
  kKnee,     // the last x, between from and to, before y rises from its value at `from`
  kStep,     // the last x there before y jumps up: it may rise a little before and behind
  kPlateau,  // y between from and to
};

// Whether the value is one of x.
inline bool is_x(ReferenceKind kind) { return kind == ReferenceKind::kKnee || kind == ReferenceKind::kStep; }

struct Reference {
  std::string curve;
  std::string core;
  ReferenceKind kind = ReferenceKind::kPoint;
  double from = 0;
  double to = 0;
  double value = 0;  // y of points and plateaus, x of knees and steps
  double low = 0;    // what the reading leaves open; value, where it leaves nothing
  double high = 0;
  std::string open;  // the mechanism that the model is known to lack; empty: it must agree
  std::string source;
};

// Throws std::invalid_argument that names the line and what is wrong with it.
std::vector<Reference> parse_references(std::string_view csv);

// Those that are built in.
const std::vector<Reference>& structure_references();

}  // namespace m2sim::calibration
