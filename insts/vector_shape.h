// How the vector registers of a row are written: "v0.8h", "h0", "v0.h[3]".
#pragma once

#include <string>
#include <string_view>

#include "insts/encoding.h"
#include "insts/inst.h"

namespace m2sim::insts {

// Arrangements without the dot ("8h"); one letter means a scalar; empty means a bare v register.
struct VectorShape {
  std::string d, n, m;          // m also stands for a
  std::string element = "b";    // of the indexed register of by-element forms
  bool narrow_general = false;  // general registers are w whatever the row says
  bool wide_general = false;    // general registers are x whatever `z` says
  bool compares_zero = false;   // ends in #0.0

  std::string_view of(RegField field) const {
    return field == RegField::kD ? d : field == RegField::kN ? n : m;
  }
};

// From the element size that the row's name ends in ("_vh": a vector of halves, "_h": one half), and a
// table of the operations whose registers are not all alike.
VectorShape vector_shape(const Inst& inst);

}  // namespace m2sim::insts
