#include "timing/probe/timeline.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace m2sim::timing {
namespace {

constexpr std::size_t kTextWidth = 28;
constexpr std::size_t kPortWidth = 6;
constexpr Cycle kWidest = 160;  // cycles; what lies beyond is cut, and ends in '>'

// Fills [from, to) of the lane.
void fill(std::string& lane, Cycle from, Cycle to, char letter) {
  for (Cycle cycle = from; cycle < std::min<Cycle>(to, lane.size()); ++cycle) lane[cycle] = letter;
}

void put(std::string& lane, Cycle cycle, char letter) {
  if (cycle < lane.size()) lane[cycle] = letter;
}

std::string lane_of(const TracedUop& uop, Cycle begin, Cycle width) {
  std::string lane(width, ' ');
  const auto at = [begin](Cycle cycle) { return cycle - begin; };
  if (!uop.eliminated) {
    fill(lane, at(uop.renamed), at(uop.dispatched), '.');
    fill(lane, at(uop.dispatched), at(uop.issued), '=');
    fill(lane, at(uop.issued), at(uop.completed), 'e');
  }
  fill(lane, at(uop.completed), at(uop.retired), '-');
  put(lane, at(uop.renamed), 'R');
  if (!uop.eliminated) {
    put(lane, at(uop.dispatched), 'D');
    put(lane, at(uop.issued), 'I');
    if (uop.flushed != kNever) put(lane, at(uop.flushed), 'X');
  }
  put(lane, at(uop.completed), 'C');
  put(lane, at(uop.retired), 'T');
  lane.erase(lane.find_last_not_of(' ') + 1);
  if (at(uop.retired) >= width) lane += '>';
  return lane;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size() + 1), ' ');
  return text;
}

std::string ruler(Cycle width) {
  std::string tens;
  for (Cycle cycle = 0; cycle < width; ++cycle)
    tens += cycle % 10 == 0 ? static_cast<char>('0' + cycle / 10 % 10) : ' ';
  tens.erase(tens.find_last_not_of(' ') + 1);
  return std::string(kTextWidth + kPortWidth, ' ') + tens + "\n";
}

std::string lost_line(std::span<const LostSlots> lost, Cycle begin, Cycle end,
                      const std::function<std::string(std::uint64_t)>& text_of) {
  std::string text;
  for (std::size_t r = 0; r < kStallReasonCount; ++r) {
    std::uint64_t slots = 0;
    std::uint64_t culprit = 0;
    for (const LostSlots& entry : lost) {
      if (static_cast<std::size_t>(entry.reason) != r || entry.cycle < begin || entry.cycle >= end) continue;
      slots += entry.slots;
      culprit = entry.culprit;
    }
    if (slots == 0) continue;
    text += "lost " + std::to_string(slots) + " slots: " + std::string(kStallInfo[r].name);
    if (culprit != 0) text += ", last for: " + text_of(culprit);
    text += "\n";
  }
  return text;
}

}  // namespace

std::string timeline(std::span<const TracedUop> uops, std::span<const LostSlots> lost,
                     const std::function<std::string(std::uint64_t)>& text_of,
                     const std::function<std::string(unsigned)>& port_name) {
  if (uops.empty()) return "";
  const Cycle begin = uops.front().renamed;
  Cycle end = begin;
  for (const TracedUop& uop : uops) end = std::max(end, uop.retired + 1);
  const Cycle width = std::min(end - begin, kWidest);
  std::string text = ruler(width);
  for (const TracedUop& uop : uops) {
    const std::string name = (uop.insts > 1 ? "+ " : "") + text_of(uop.pc);
    text += padded(name, kTextWidth) + padded(uop.eliminated ? "" : port_name(uop.port), kPortWidth);
    text += lane_of(uop, begin, width) + "\n";
  }
  return text + lost_line(lost, begin, uops.back().renamed, text_of);
}

}  // namespace m2sim::timing
