#include "cmd/timeline/drawing.h"

#include <fmt/format.h>

#include <algorithm>

#include "timing/probe/timeline.h"

namespace m2sim::cmd {
namespace {

// A lane shows 160 cycles; what is renamed in these is seen whole unless it is slow.
constexpr timing::Cycle kPieceCycles = 80;
constexpr std::size_t kPieceUops = 100;
constexpr std::size_t kTextWidth = 44;

}  // namespace

std::string Drawing::piece(std::optional<timing::Cycle> until) {
  if (uops_.empty()) return "";
  const timing::Cycle begin = uops_.front().renamed;
  timing::TimelineLayout layout{.text_width = kTextWidth, .waits = true, .until = until};
  std::string text =
      fmt::format("instruction {}, cycle {}\n", first_number_ + uops_.front().number + 1, begin);
  text += timing::timeline(
      uops_, lost_, [this](std::uint64_t pc) { return text_.with_address(pc); },
      [this](unsigned port) { return text_.port(port); }, layout);
  uops_.clear();
  if (until) std::erase_if(lost_, [&](const timing::LostSlots& lost) { return lost.cycle < *until; });
  return text + "\n";
}

std::string Drawing::add(std::span<const timing::TracedUop> uops, std::span<const timing::LostSlots> lost) {
  lost_.insert(lost_.end(), lost.begin(), lost.end());
  std::string text;
  for (const timing::TracedUop& uop : uops) {
    const bool full =
        !uops_.empty() && (uops_.size() >= kPieceUops || uop.renamed - uops_.front().renamed >= kPieceCycles);
    if (full) text += piece(uop.renamed);
    uops_.push_back(uop);
  }
  return text;
}

std::string Drawing::finish() { return piece({}); }

}  // namespace m2sim::cmd
