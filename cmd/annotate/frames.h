// Who called what, in the words of the program: the call paths of a run as functions and what is inlined in
// them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cmd/annotate/annotation.h"
#include "cmd/symbols/symboliser.h"
#include "timing/probe/attribution.h"

namespace m2sim::cmd {

// Functions by where their code is.
class FunctionTable {
 public:
  // A new one has its names and its place.
  FunctionCost& at(const CodePlace& place) { return functions_[index_of(place)]; }
  std::vector<FunctionCost>& all() { return functions_; }
  // The hottest first; index_of() gives the places in that order from then on.
  std::vector<FunctionCost> take_sorted();
  std::size_t index_of(const CodePlace& place);

 private:
  using Key = std::tuple<const CodeObject*, std::string, std::uint64_t>;
  std::map<Key, std::size_t> places_;
  std::vector<FunctionCost> functions_;
};

class FrameFinder {
 public:
  FrameFinder(Symboliser& symboliser, FunctionTable& functions)
      : symboliser_(symboliser), functions_(functions) {}

  // Functions that have called something are in the table, also where nothing of theirs has counted.
  void find_sites(const timing::CallPaths& paths);
  // What is by path in the annotation; the table is sorted.
  void fill(const timing::Attribution& books, Annotation& annotation);

 private:
  struct Found {
    std::size_t frame;
    std::uint64_t address;  // as linked
    bool first;             // instruction of its function
  };

  CodePlace place_of(std::uint64_t space, std::uint64_t pc) const;
  const Found& at(std::uint64_t space, std::uint64_t pc, Annotation& annotation);
  void add(const timing::Charge& charge, Annotation& annotation);

  Symboliser& symboliser_;
  FunctionTable& functions_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Found> found_;  // by address space and pc
  std::map<CodeFrame, std::size_t> frames_;
  std::unordered_map<std::uint64_t, std::size_t> costs_;  // by path and frame
};

// A function in a tree of calls: what nobody calls has no parent. The most expensive come first among those
// of one parent.
struct CallNode {
  std::size_t function = 0;
  std::size_t parent = kNone;
  std::uint64_t calls = 0;
  Cost self;
  Cost total;  // with all below it
  std::vector<std::size_t> children;
};

struct CallTree {
  std::vector<CallNode> nodes;  // a parent before its children
  std::vector<std::size_t> roots;
};

CallTree call_tree(const Annotation& annotation);

// Calls from one place to one function. The costs are those of all stacks in which the caller's outermost
// activation is there, and it does not run itself: with its own they are its inclusive cost, also where it is
// recursive.
struct CallEdge {
  std::uint64_t calls = 0;
  Cost inclusive;
};
// By caller, the address of the call, callee.
using CallEdges = std::map<std::tuple<std::size_t, std::uint64_t, std::size_t>, CallEdge>;

CallEdges call_edges(const Annotation& annotation);

}  // namespace m2sim::cmd
