// A trace of the pipe in the text of Konata: Kanata 0004, whose events stand in the order of their cycles.
//
// An id is a uop, its number in the simulator that of its instruction. Lane 0 has the stages: F fetch and
// decode, R renamed and in a dispatch queue, D in a scheduler, X on a port, C done and not retired. Lane 1
// has what it waited for meanwhile, by the names of the CPI stack. A load that ran before a store to its
// address has two ids: the execution that is void is flushed. A wrong path has none, as it is not modelled. W
// lines name registers: from who writes one to who waits for it.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "timing/probe/pipe_trace.h"

namespace m2sim::cmd {

struct KanataText {
  std::function<std::string(const timing::TracedUop&)> left;   // the line beside a uop
  std::function<std::string(const timing::TracedUop&)> hover;  // what a mouse over it shows
  std::uint64_t first_number = 0;  // of the first instruction that the model heard
};

class Kanata {
 public:
  explicit Kanata(KanataText text) : text_(std::move(text)) {}

  // Takes rows in program order; returns the lines that no later row can stand before.
  std::string add(std::span<const timing::TracedUop> uops);
  // Behind the last row: what is left.
  std::string finish();

 private:
  struct Event {
    timing::Cycle cycle;
    std::uint64_t order;
    std::string line;
    bool operator>(const Event& other) const {
      return cycle != other.cycle ? cycle > other.cycle : order > other.order;
    }
  };

  void add(const timing::TracedUop& uop);
  void put(timing::Cycle cycle, std::string line) { events_.push({cycle, next_order_++, std::move(line)}); }
  void stage(std::uint64_t id, unsigned lane, std::string_view name, timing::Cycle from, timing::Cycle to);
  std::uint64_t begin(const timing::TracedUop& uop);
  void add_void_execution(const timing::TracedUop& uop);
  void add_waits(std::uint64_t id, const timing::TracedUop& uop);
  void forget_before(std::uint64_t uop);
  void write_before(timing::Cycle cycle, std::string& text);

  KanataText text_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::unordered_map<std::uint64_t, std::uint64_t> ids_;  // of the latest uops
  std::uint64_t forgotten_ = 0;
  std::uint64_t next_order_ = 0;
  std::uint64_t next_id_ = 0;
  std::uint64_t retired_ = 0;
  timing::Cycle now_ = 0;
  bool began_ = false;
};

}  // namespace m2sim::cmd
