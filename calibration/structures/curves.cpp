#include "calibration/structures/curves.h"

#include <string_view>
#include <utility>
#include <vector>

#include "calibration/structures/code.h"
#include "calibration/structures/trials.h"

namespace m2sim::calibration {
namespace {

using namespace a64;

using X = std::uint64_t;
constexpr X kKilo = 1024;
constexpr X kMega = kKilo * kKilo;
constexpr X kPageBytes = 16 * kKilo;

void add_front_end(std::vector<Curve>& curves) {
  curves.push_back({.name = "fetch.aligned",
                    .title = "a loop of no-operations that begins with a page",
                    .x_name = "instructions",
                    .y_name = "cycles a pass",
                    .grid = every(1, 2, 64),
                    .trial = [](X x) { return fetch_trial(x, 0); }});
  curves.push_back({.name = "fetch.cross_page",
                    .title = "a loop whose first instruction is the last of a page",
                    .x_name = "instructions",
                    .y_name = "cycles a pass",
                    .grid = every(1, 2, 64),
                    .trial = [](X x) { return fetch_trial(x, 4); }});
  curves.push_back({.name = "branch_target.4",
                    .title = "taken branches, 4 bytes apart",
                    .x_name = "branches",
                    .y_name = "cycles a branch",
                    .x_scale = Scale::kLogarithmic,
                    .grid = octaves(1, 65'536, 3),
                    .trial = [](X x) { return taken_branches_trial(x, 4); }});
  curves.push_back({.name = "branch_target.8",
                    .title = "taken branches, 8 bytes apart",
                    .x_name = "branches",
                    .y_name = "cycles a branch",
                    .x_scale = Scale::kLogarithmic,
                    .grid = octaves(1, 32'768, 3),
                    .trial = [](X x) { return taken_branches_trial(x, 8); }});
  curves.push_back({.name = "code_pages",
                    .title = "a taken branch on each page (ITLB)",
                    .x_name = "pages of 16 KiB",
                    .y_name = "cycles a branch",
                    .grid = every(16, 1, 481),
                    .trial = [](X x) { return code_pages_trial(x); }});
  curves.push_back({.name = "return_stack",
                    .title = "nested calls and their returns",
                    .x_name = "depth",
                    .y_name = "cycles a call",
                    .grid = every(4, 2, 130),
                    .trial = [](X x) { return calls_trial(x, 1); }});
  curves.push_back({.name = "return_stack.two_sites",
                    .title = "nested calls from two places by turns",
                    .x_name = "depth",
                    .y_name = "cycles a call",
                    .grid = every(4, 2, 130),
                    .trial = [](X x) { return calls_trial(x, 2); }});
  curves.push_back({.name = "misprediction",
                    .title = "a conditional branch on random bits, over the same with known ones",
                    .x_name = "branch",
                    .y_name = "cycles a misprediction",
                    .grid = {0},
                    .trial = [](X) { return conditional_branches_trial(Bits::kRandom); },
                    .without = [](X) { return conditional_branches_trial(Bits::kAlternating); },
                    .cases = {"tbz of a register"}});
}

struct WindowCurve {
  std::string_view name;
  std::string_view title;
  Link link;
  Filler filler;
  X step;
  X to;
};

constexpr Reg kResult = 5, kBuffer = 3, kGiven = 6;

std::vector<WindowCurve> window_curves() {
  return {
      {"window.nops", "retire groups, full of no-operations", Link::kTwoMisses, {kNop}, 250, 2'750},
      {"window.loads", "retire groups, a load in each", Link::kRoots, {ldr(kResult, kBuffer)}, 25, 425},
      {"window.branches", "branches not taken", Link::kMiss, {cbnz(kZr, 8)}, 25, 425},
      {"window.renames",
       "entries for a register's former name",
       Link::kMiss,
       {mov(kResult, kGiven)},
       50,
       800},
      {"window.integer_registers", "integer registers", Link::kMiss, {add(kResult, kGiven, 1)}, 25, 550},
      {"window.fp_registers", "FP registers", Link::kMiss, {fadd(kResult, kGiven, kGiven)}, 25, 550},
      {"window.flags", "registers for flags", Link::kMiss, {cmp(kGiven, kGiven)}, 10, 210},
      {"window.load_queue", "loads behind a miss", Link::kMiss, {ldr(kResult, kBuffer)}, 10, 240},
      {"window.store_queue", "stores behind a miss", Link::kMissRoots, {str(kGiven, kBuffer)}, 10, 200},
      {"scheduler.integer", "adds that wait", Link::kMiss, {add(kResult, kGiven, 1), true}, 10, 240},
      {"scheduler.flags", "compares that wait", Link::kMiss, {cmp(kGiven, kGiven), true}, 5, 130},
      {"scheduler.branches", "branches that wait", Link::kMiss, {cbnz(kGiven, 8), true}, 5, 130},
      {"scheduler.multiply",
       "multiplications that wait",
       Link::kMiss,
       {mul(kResult, kGiven, kGiven), true},
       5,
       130},
      {"scheduler.crc", "CRCs that wait", Link::kMiss, {crc32x(kResult, kGiven, kGiven), true}, 5, 100},
      {"scheduler.memory",
       "loads that wait",
       Link::kMissRoots,
       {ldr_index(kResult, kBuffer, kGiven), true},
       5,
       130},
      {"scheduler.fp", "FP additions that wait", Link::kMiss, {fadd(kResult, kGiven, kGiven), true}, 10, 240},
      {"scheduler.fp_compare", "FP compares that wait", Link::kMiss, {fcmp(kGiven, kGiven), true}, 5, 100},
  };
}

void add_window(std::vector<Curve>& curves) {
  for (const WindowCurve& window : window_curves()) {
    curves.push_back({.name = window.name,
                      .title = window.title,
                      .x_name = "instructions between two links",
                      .y_name = "cycles for both",
                      .grid = every(window.step, window.step, window.to),
                      .trial = [window](X x) { return window_trial(window.link, window.filler, x); }});
  }
}

void add_memory(std::vector<Curve>& curves) {
  curves.push_back({.name = "latency",
                    .title = "loads, each of the address of the next",
                    .x_name = "bytes",
                    .y_name = "cycles a load",
                    .x_scale = Scale::kLogarithmic,
                    .y_scale = Scale::kLogarithmic,
                    .grid = octaves(16 * kKilo, 256 * kMega, 2),
                    .trial = [](X x) { return latency_trial(x); }});
  curves.push_back({.name = "latency.pages",
                    .title = "the same, each load of the first line of a page (ways of the L1D)",
                    .x_name = "pages of 16 KiB",
                    .y_name = "cycles a load",
                    .x_scale = Scale::kLogarithmic,
                    .y_scale = Scale::kLogarithmic,
                    .grid = octaves(1, 512, 2),
                    .trial = [](X x) { return pages_trial(x, kPageBytes, InPage::kFirst); }});
  curves.push_back({.name = "data_pages",
                    .title = "loads in a chain, each on a page of its own (DTLB)",
                    .x_name = "pages of 16 KiB",
                    .y_name = "cycles a load",
                    .grid = every(16, 16, 400),
                    .trial = [](X x) { return pages_trial(x, kPageBytes, InPage::kLineOfItsOwn); }});
  curves.push_back({.name = "data_pages.4_mib",
                    .title = "loads in a chain on pages 4 MiB apart (ways of the TLBs, walks)",
                    .x_name = "pages",
                    .y_name = "cycles a load",
                    .grid = every(1, 1, 40),
                    .trial = [](X x) { return pages_trial(x, 4 * kMega, InPage::kLineOfItsOwn); }});
  curves.push_back({.name = "parallel_misses",
                    .title = "chains of loads side by side over 256 MiB",
                    .x_name = "chains",
                    .y_name = "cycles a load",
                    .x_scale = Scale::kLogarithmic,
                    .y_scale = Scale::kLogarithmic,
                    .grid = {1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 28},
                    .trial = [](X x) { return parallel_misses_trial(x); }});
  struct Bandwidth {
    std::string_view name;
    std::string_view title;
    Stream stream;
  };
  for (const Bandwidth& row : {Bandwidth{"bandwidth.read", "reading in order", Stream::kRead},
                               Bandwidth{"bandwidth.write", "writing in order", Stream::kWrite},
                               Bandwidth{"bandwidth.copy", "copying one half to the other", Stream::kCopy}}) {
    curves.push_back({.name = row.name,
                      .title = row.title,
                      .x_name = "bytes",
                      .y_name = "bytes a cycle",
                      .x_scale = Scale::kLogarithmic,
                      .quantity = Quantity::kUnitsPerCycle,
                      .grid = octaves(8 * kKilo, 128 * kMega, 1),
                      .trial = [stream = row.stream](X x) { return stream_trial(stream, x); }});
  }
}

void add_forwarding(std::vector<Curve>& curves) {
  Curve forwarding{.name = "forwarding",
                   .title = "a load of what stores before it wrote, back to back",
                   .x_name = "overlap",
                   .y_name = "cycles a pass",
                   .grid = every(1, 0, forwarding_cases().size() - 1),
                   .trial = [](X x) { return forwarding_trial(x); }};
  for (const ForwardingCase& one : forwarding_cases()) forwarding.cases.emplace_back(one.name);
  curves.push_back(std::move(forwarding));
  struct Pairs {
    std::string_view name;
    std::string_view title;
    Needs needs;
    X loads;
  };
  for (const Pairs& row :
       {Pairs{"dependence.data.1", "stores of what the load before gave", Needs::kData, 1},
        Pairs{"dependence.data.2", "the same with a second load", Needs::kData, 2},
        Pairs{"dependence.address.1", "stores to where the load before says", Needs::kAddress, 1},
        Pairs{"dependence.address.2", "the same with a second load", Needs::kAddress, 2},
        Pairs{"dependence.none.1", "stores and loads that need nothing", Needs::kNothing, 1}}) {
    curves.push_back({.name = row.name,
                      .title = row.title,
                      .x_name = "pairs of store and load",
                      .y_name = "cycles a pair",
                      .grid = every(4, 2, 158),
                      .trial = [row](X x) { return store_load_pairs_trial(row.needs, row.loads, x); }});
  }
}

}  // namespace

std::span<const Curve> all_curves() {
  static const std::vector<Curve> curves = [] {
    std::vector<Curve> all;
    add_front_end(all);
    add_window(all);
    add_memory(all);
    add_forwarding(all);
    return all;
  }();
  return curves;
}

}  // namespace m2sim::calibration
