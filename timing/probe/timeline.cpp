#include "timing/probe/timeline.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace m2sim::timing {
namespace {

constexpr std::size_t kPortWidth = 6;
constexpr std::size_t kWaitWidth = 24;
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

std::string ruler(std::size_t indent, Cycle width) {
  std::string tens;
  for (Cycle cycle = 0; cycle < width; ++cycle)
    tens += cycle % 10 == 0 ? static_cast<char>('0' + cycle / 10 % 10) : ' ';
  tens.erase(tens.find_last_not_of(' ') + 1);
  return std::string(indent, ' ') + tens + "\n";
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

// A level behind the L1D, or what translation took: more than the latency that the instruction has.
bool is_long_work(StallReason work) {
  switch (work) {
    case StallReason::kForwarding:
    case StallReason::kMemoryL2:
    case StallReason::kMemorySlc:
    case StallReason::kMemoryDram:
    case StallReason::kDataTlb:
      return true;
    default:
      return false;
  }
}

}  // namespace

LongestWait longest_wait(const TracedUop& uop) {
  LongestWait longest;
  if (uop.eliminated || uop.able == kNever) return longest;
  const auto take = [&](StallReason reason, Cycle from, Cycle to) {
    if (to > from && to - from > longest.cycles) longest = {reason, to - from};
  };
  take(uop.operands, uop.dispatched + 1, uop.able);
  take(uop.held, uop.able, uop.issued);
  if (is_long_work(uop.work)) take(uop.work, uop.issued, uop.completed);
  return longest;
}

std::string text_of(const LongestWait& wait) {
  if (wait.cycles == 0) return "";
  const bool known = wait.reason != StallReason::kBase;
  const std::string_view name =
      known ? kStallInfo[static_cast<std::size_t>(wait.reason)].name : std::string_view("operand");
  return std::string(name) + " " + std::to_string(wait.cycles);
}

std::string timeline(std::span<const TracedUop> uops, std::span<const LostSlots> lost,
                     const std::function<std::string(std::uint64_t)>& text_of_pc,
                     const std::function<std::string(unsigned)>& port_name, const TimelineLayout& layout) {
  if (uops.empty()) return "";
  const Cycle begin = uops.front().renamed;
  Cycle end = begin;
  for (const TracedUop& uop : uops) end = std::max(end, uop.retired + 1);
  const Cycle width = std::min(end - begin, kWidest);
  std::string text = ruler(layout.text_width + kPortWidth + (layout.waits ? kWaitWidth : 0), width);
  for (const TracedUop& uop : uops) {
    const std::string name = (uop.insts > 1 ? "+ " : "") + text_of_pc(uop.pc);
    text += padded(name, layout.text_width);
    text += padded(uop.eliminated ? "" : port_name(uop.port), kPortWidth);
    if (layout.waits) text += padded(text_of(longest_wait(uop)), kWaitWidth);
    text += lane_of(uop, begin, width) + "\n";
  }
  return text + lost_line(lost, begin, layout.until.value_or(uops.back().renamed), text_of_pc);
}

}  // namespace m2sim::timing
