// A trace of the pipe as text, in pieces that fit a screen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cmd/timeline/row_text.h"
#include "timing/probe/pipe_trace.h"

namespace m2sim::cmd {

class Drawing {
 public:
  // `first_number`: of the first instruction that the model heard.
  Drawing(RowText& text, std::uint64_t first_number) : text_(text), first_number_(first_number) {}

  // Takes rows in program order; returns the pieces that are complete.
  std::string add(std::span<const timing::TracedUop> uops, std::span<const timing::LostSlots> lost);
  // Behind the last row: what is left.
  std::string finish();

 private:
  std::string piece(std::optional<timing::Cycle> until);

  RowText& text_;
  std::uint64_t first_number_;
  std::vector<timing::TracedUop> uops_;  // of the piece that is not complete
  std::vector<timing::LostSlots> lost_;
};

}  // namespace m2sim::cmd
