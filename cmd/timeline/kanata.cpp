#include "cmd/timeline/kanata.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "timing/stall.h"

namespace m2sim::cmd {
namespace {

using timing::Cycle;
using timing::StallReason;
using timing::TracedUop;

// More than are in flight together: who waits for a uop is renamed before that retires.
constexpr std::uint64_t kKept = 65'536;

std::string_view name_of(StallReason reason) {
  return reason == StallReason::kBase ? std::string_view("operand")
                                      : timing::kStallInfo[static_cast<std::size_t>(reason)].name;
}

}  // namespace

void Kanata::stage(std::uint64_t id, unsigned lane, std::string_view name, Cycle from, Cycle to) {
  if (from >= to) return;
  put(from, fmt::format("S\t{}\t{}\t{}\n", id, lane, name));
  put(to, fmt::format("E\t{}\t{}\t{}\n", id, lane, name));
}

std::uint64_t Kanata::begin(const TracedUop& uop) {
  const std::uint64_t id = next_id_++;
  put(uop.fetched, fmt::format("I\t{}\t{}\t0\n", id, text_.first_number + uop.number));
  put(uop.fetched, fmt::format("L\t{}\t0\t{}\n", id, text_.left(uop)));
  put(uop.fetched, fmt::format("L\t{}\t1\t{}\n", id, text_.hover(uop)));
  stage(id, 0, "F", uop.fetched, uop.renamed);
  return id;
}

void Kanata::add_void_execution(const TracedUop& uop) {
  const std::uint64_t id = begin(uop);
  stage(id, 0, "R", uop.renamed, uop.dispatched);
  stage(id, 0, "D", uop.dispatched, uop.issued);
  stage(id, 0, "X", uop.issued, uop.flushed);
  put(uop.flushed, fmt::format("R\t{}\t{}\t1\n", id, retired_));
}

void Kanata::add_waits(std::uint64_t id, const TracedUop& uop) {
  if (uop.able == timing::kNever) return;
  stage(id, 1, name_of(uop.operands), uop.dispatched, uop.able);
  stage(id, 1, name_of(uop.held), std::max(uop.able, uop.dispatched), uop.issued);
  for (const std::uint64_t producer : uop.producers) {
    if (const auto found = ids_.find(producer); found != ids_.end()) {
      put(uop.issued, fmt::format("W\t{}\t{}\t0\n", id, found->second));
    }
  }
  stage(id, 1, name_of(uop.work), uop.issued, uop.completed);
}

void Kanata::add(const TracedUop& uop) {
  const bool again = uop.flushed != timing::kNever;
  if (again) add_void_execution(uop);
  const std::uint64_t id = begin(uop);
  ids_[uop.id] = id;
  if (uop.eliminated) {
    stage(id, 0, "R", uop.renamed, uop.completed);
  } else {
    const Cycle executes = again ? uop.flushed : uop.issued;
    stage(id, 0, "R", uop.renamed, uop.dispatched);
    stage(id, 0, "D", uop.dispatched, executes);
    stage(id, 0, "X", executes, uop.completed);
    add_waits(id, uop);
  }
  stage(id, 0, "C", uop.completed, uop.retired);
  put(uop.retired, fmt::format("R\t{}\t{}\t0\n", id, retired_++));
}

void Kanata::forget_before(std::uint64_t uop) {
  for (; forgotten_ < uop; ++forgotten_) ids_.erase(forgotten_);
}

void Kanata::write_before(Cycle cycle, std::string& text) {
  while (!events_.empty() && events_.top().cycle < cycle) {
    const Event& event = events_.top();
    if (!began_) {
      text += fmt::format("Kanata\t0004\nC=\t{}\n", event.cycle);
    } else if (event.cycle != now_) {
      text += fmt::format("C\t{}\n", event.cycle - now_);
    }
    began_ = true;
    now_ = event.cycle;
    text += event.line;
    events_.pop();
  }
}

// Fetch is in program order: what comes later begins no sooner than the last row here.
std::string Kanata::add(std::span<const TracedUop> uops) {
  std::string text;
  for (const TracedUop& uop : uops) {
    write_before(uop.fetched, text);
    add(uop);
    if (uop.id > kKept) forget_before(uop.id - kKept);
  }
  return text;
}

std::string Kanata::finish() {
  std::string text;
  write_before(timing::kNever, text);
  return text;
}

}  // namespace m2sim::cmd
