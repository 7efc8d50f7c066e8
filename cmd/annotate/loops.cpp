#include "cmd/annotate/loops.h"

#include <algorithm>
#include <map>

#include "insts/op.h"
#include "insts/operands.h"

namespace m2sim::cmd {
namespace {

using timing::StallReason;

std::size_t place_of(const FunctionCost& function, std::uint64_t address) {
  const auto& insts = function.instructions;
  const auto found = std::lower_bound(insts.begin(), insts.end(), address,
                                      [](const InstCost& inst, std::uint64_t a) { return inst.address < a; });
  if (found == insts.end() || found->address != address) return kNone;
  return static_cast<std::size_t>(found - insts.begin());
}

bool falls_through(const InstCost& inst) {
  if (!inst.inst) return false;
  switch (insts::flow_of(inst.inst->op)) {
    case insts::Flow::kJump:
    case insts::Flow::kIndirect:
    case insts::Flow::kReturn:
      return false;
    default:
      return true;
  }
}

bool jumps_within(const InstCost& inst) {
  return inst.target && insts::flow_of(inst.inst->op) != insts::Flow::kCall;
}

std::vector<std::vector<std::size_t>> predecessors(const FunctionCost& function) {
  const auto& insts = function.instructions;
  std::vector<std::vector<std::size_t>> before(insts.size());
  for (std::size_t i = 0; i < insts.size(); ++i) {
    if (falls_through(insts[i]) && i + 1 < insts.size() && insts[i + 1].address == insts[i].address + 4) {
      before[i + 1].push_back(i);
    }
    if (!jumps_within(insts[i])) continue;
    const std::size_t to = place_of(function, *insts[i].target);
    if (to != kNone) before[to].push_back(i);
  }
  return before;
}

// What leads to `latch` without passing `head`; empty: something that the function begins with does, so that
// the two are no loop by themselves.
std::vector<bool> leading_to(std::size_t head, std::size_t latch,
                             const std::vector<std::vector<std::size_t>>& before) {
  std::vector<bool> in(before.size(), false);
  in[head] = true;
  std::vector<std::size_t> open;
  const auto enter = [&](std::size_t i) {
    if (in[i]) return;
    in[i] = true;
    open.push_back(i);
  };
  enter(latch);
  while (!open.empty()) {
    const std::size_t i = open.back();
    open.pop_back();
    for (const std::size_t earlier : before[i]) enter(earlier);
  }
  return in[0] && head != 0 ? std::vector<bool>{} : in;
}

// Of the loop that `head` begins and `latches`, in their order, lead back to. One that is entered in its
// middle is all that lies between.
std::vector<std::size_t> body_of(std::size_t head, const std::vector<std::size_t>& latches,
                                 const std::vector<std::vector<std::size_t>>& before) {
  std::vector<bool> in(before.size(), false);
  bool natural = false;
  for (const std::size_t latch : latches) {
    const std::vector<bool> part = leading_to(head, latch, before);
    for (std::size_t i = 0; i < part.size(); ++i) in[i] = in[i] || part[i];
    natural = natural || !part.empty();
  }
  if (!natural)
    std::fill(in.begin() + static_cast<std::ptrdiff_t>(head),
              in.begin() + static_cast<std::ptrdiff_t>(latches.back()) + 1, true);
  std::vector<std::size_t> body{head};
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i] && i != head) body.push_back(i);
  }
  return body;
}

std::uint64_t slots_of(const InstCost& inst, StallReason reason) {
  return inst.cost.stack[static_cast<std::size_t>(reason)];
}

// Who needs what `from` gives: through registers, in the order of the body, and around into the next turn.
std::vector<std::vector<std::size_t>> consumers(const FunctionCost& function,
                                                const std::vector<std::size_t>& body) {
  std::vector<std::vector<std::size_t>> uses(body.size());
  std::array<std::size_t, insts::kRegCount> writer;
  writer.fill(kNone);
  for (unsigned turn = 0; turn < 2; ++turn) {
    for (std::size_t i = 0; i < body.size(); ++i) {
      const InstCost& inst = function.instructions[body[i]];
      if (!inst.inst) continue;
      const insts::Operands operands = insts::operands_of(*inst.inst);
      for (const insts::Source& source : operands.read()) {
        if (writer[source.reg] != kNone) uses[writer[source.reg]].push_back(i);
      }
      for (const insts::RegId reg : operands.written()) writer[reg] = i;
    }
  }
  return uses;
}

// The shortest way around from an instruction to itself; empty: it does not wait for its own last turn.
std::vector<std::size_t> chain_through(std::size_t start, const std::vector<std::vector<std::size_t>>& uses) {
  std::vector<std::size_t> from(uses.size(), kNone);
  std::vector<std::size_t> open{start};
  for (std::size_t at = 0; at < open.size(); ++at) {
    for (const std::size_t next : uses[open[at]]) {
      if (next == start) {
        std::vector<std::size_t> chain;
        for (std::size_t i = open[at]; i != start; i = from[i]) chain.push_back(i);
        chain.push_back(start);
        std::reverse(chain.begin(), chain.end());
        return chain;
      }
      if (from[next] != kNone) continue;
      from[next] = open[at];
      open.push_back(next);
    }
  }
  return {};
}

bool waits_for_a_value(StallReason reason) {
  switch (reason) {
    case StallReason::kDependInteger:
    case StallReason::kDependMultiply:
    case StallReason::kDependDivide:
    case StallReason::kDependFp:
    case StallReason::kForwarding:
    case StallReason::kMemoryL1:
    case StallReason::kMemoryL2:
    case StallReason::kMemorySlc:
    case StallReason::kMemoryDram:
    case StallReason::kDataTlb:
      return true;
    default:
      return false;
  }
}

LoopLimit limit_of(const FunctionCost& function, const LoopCost& loop) {
  LoopLimit limit;
  const std::uint64_t all = loop.cost.slots();
  if (all == 0) return limit;
  const auto largest = std::max_element(loop.cost.stack.begin(), loop.cost.stack.end());
  limit.reason = static_cast<StallReason>(largest - loop.cost.stack.begin());
  limit.share = static_cast<double>(*largest) / static_cast<double>(all);
  if (limit.reason == StallReason::kBase) return limit;
  limit.instructions = loop.body;
  std::stable_sort(limit.instructions.begin(), limit.instructions.end(), [&](std::size_t a, std::size_t b) {
    return slots_of(function.instructions[a], limit.reason) >
           slots_of(function.instructions[b], limit.reason);
  });
  constexpr std::uint64_t kTenth = 10;  // who has less of it than that is left out
  std::erase_if(limit.instructions, [&](std::size_t i) {
    return kTenth * slots_of(function.instructions[i], limit.reason) < *largest;
  });
  if (limit.instructions.empty() || !waits_for_a_value(limit.reason)) return limit;
  const auto in_body = std::find(loop.body.begin(), loop.body.end(), limit.instructions.front());
  const auto start = static_cast<std::size_t>(in_body - loop.body.begin());
  for (const std::size_t i : chain_through(start, consumers(function, loop.body))) {
    limit.chain.push_back(loop.body[i]);
  }
  return limit;
}

}  // namespace

void find_loops(FunctionCost& function) {
  const auto& insts = function.instructions;
  std::map<std::size_t, std::vector<std::size_t>> latches;  // by where their loop begins
  for (std::size_t i = 0; i < insts.size(); ++i) {
    if (!jumps_within(insts[i]) || *insts[i].target > insts[i].address) continue;
    const std::size_t head = place_of(function, *insts[i].target);
    if (head != kNone) latches[head].push_back(i);
  }
  if (latches.empty()) return;
  const auto before = predecessors(function);
  for (const auto& [head, from] : latches) {
    LoopCost loop;
    loop.body = body_of(head, from, before);
    for (const std::size_t i : loop.body) loop.cost.add(insts[i].cost);
    loop.iterations = static_cast<std::uint64_t>(insts[head].cost.insts);
    if (loop.iterations < 2) continue;
    loop.limit = limit_of(function, loop);
    function.loops.push_back(std::move(loop));
  }
  for (LoopCost& inner : function.loops) {
    for (const LoopCost& outer : function.loops) {
      const bool inside = &inner != &outer && outer.body.size() > inner.body.size() &&
                          std::binary_search(outer.body.begin() + 1, outer.body.end(), inner.body.front());
      inner.depth += inside ? 1 : 0;
    }
  }
}

}  // namespace m2sim::cmd
