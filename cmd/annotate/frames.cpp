#include "cmd/annotate/frames.h"

#include <algorithm>
#include <numeric>

namespace m2sim::cmd {
namespace {

// Calls of the function of a cost in its path. A call leads to one function, unless that jumps to another, as
// the stub of a library's function does.
std::uint64_t calls_of(const Annotation& annotation, const PathCost& cost, bool alone) {
  const CallSite& path = annotation.paths[cost.path];
  return alone && path.parent != kNone ? path.calls : cost.entries;
}

// A function in one path, all frames of it together.
struct FunctionInPath {
  std::size_t function;
  PathCost cost;
  bool alone;
};

std::vector<FunctionInPath> by_function(const Annotation& annotation) {
  std::vector<FunctionInPath> all;
  std::size_t first = 0;  // of the path
  for (const PathCost& part : annotation.path_costs) {
    const std::size_t function = annotation.frames[part.frame].function;
    if (first < all.size() && all[first].cost.path != part.path) first = all.size();
    const auto known = std::find_if(all.begin() + static_cast<std::ptrdiff_t>(first), all.end(),
                                    [&](const FunctionInPath& other) { return other.function == function; });
    if (known == all.end()) {
      const bool alone = first == all.size();
      all.push_back({function, part, alone});
      for (std::size_t i = first; i < all.size(); ++i) all[i].alone = alone;
    } else {
      known->cost.entries += part.entries;
      known->cost.cost.add(part.cost);
    }
  }
  return all;
}

// The functions of a path, the outermost first, with the place of each in Annotation::paths.
void chain_of(const Annotation& annotation, std::size_t path, std::vector<std::size_t>& chain) {
  chain.clear();
  for (; annotation.paths[path].parent != kNone; path = annotation.paths[path].parent) chain.push_back(path);
  std::reverse(chain.begin(), chain.end());
}

}  // namespace

std::size_t FunctionTable::index_of(const CodePlace& place) {
  FunctionName name{place.name, 0};
  if (place.object != nullptr) name = place.object->function(place.address);
  const auto [known, is_new] = places_.try_emplace({place.object, place.name, name.begin}, functions_.size());
  if (!is_new) return known->second;
  FunctionCost function;
  function.name = name.name;
  function.object = place.name;
  function.address = place.object == nullptr ? place.address : name.begin;
  function.file = place.object;
  functions_.push_back(std::move(function));
  return known->second;
}

std::vector<FunctionCost> FunctionTable::take_sorted() {
  std::vector<const Key*> keys(functions_.size());
  for (const auto& [key, place] : places_) keys[place] = &key;
  std::vector<std::size_t> order(functions_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const std::uint64_t left = functions_[a].cost.slots();
    const std::uint64_t right = functions_[b].cost.slots();
    if (left != right) return left > right;
    const FunctionCost& one = functions_[a];
    const FunctionCost& other = functions_[b];
    return std::tie(one.object, one.address, one.name) < std::tie(other.object, other.address, other.name);
  });
  std::vector<FunctionCost> sorted;
  std::vector<std::size_t> now(order.size());
  sorted.reserve(order.size());
  for (const std::size_t place : order) {
    now[place] = sorted.size();
    sorted.push_back(std::move(functions_[place]));
  }
  for (auto& [key, place] : places_) place = now[place];
  return sorted;
}

CodePlace FrameFinder::place_of(std::uint64_t space, std::uint64_t pc) const {
  if (pc == timing::CallPaths::kSignalSite) return {nullptr, kSignal, 0};
  return symboliser_.place(space, pc);
}

void FrameFinder::find_sites(const timing::CallPaths& paths) {
  for (const timing::CallPath& path : paths.paths()) {
    if (path.parent != timing::kNoPath) functions_.index_of(place_of(path.space, path.site));
  }
}

const FrameFinder::Found& FrameFinder::at(std::uint64_t space, std::uint64_t pc, Annotation& annotation) {
  const auto [known, is_new] = found_.try_emplace({space, pc});
  if (!is_new) return known->second;
  const CodePlace place = place_of(space, pc);
  CodeFrame frame{functions_.index_of(place), {}};
  const FunctionCost& function = annotation.functions[frame.function];
  if (place.object != nullptr) frame.inlined = place.object->inlined(place.address);
  const auto [index, is_new_frame] = frames_.try_emplace(frame, annotation.frames.size());
  if (is_new_frame) annotation.frames.push_back(std::move(frame));
  return known->second = {index->second, place.address, place.address == function.address};
}

void FrameFinder::add(const timing::Charge& charge, Annotation& annotation) {
  std::size_t frame = 0;
  std::size_t path = 0;
  bool first = false;
  if (charge.path == timing::kNoPath) {
    const auto [known, is_new] =
        frames_.try_emplace({functions_.index_of({nullptr, kUnattributed, 0}), {}}, annotation.frames.size());
    if (is_new) annotation.frames.push_back(known->first);
    frame = known->second;
  } else {
    const Found& found = at(charge.space, charge.pc, annotation);
    frame = found.frame;
    first = found.first;
    path = charge.path;
  }
  const auto [place, is_new] =
      costs_.try_emplace(std::uint64_t{path} << 32U | frame, annotation.path_costs.size());
  if (is_new) annotation.path_costs.push_back({path, frame, 0, {}});
  PathCost& cost = annotation.path_costs[place->second];
  cost.cost.insts += charge.insts;
  cost.cost.stack[static_cast<std::size_t>(charge.reason)] += charge.slots;
  if (first) cost.entries += static_cast<std::uint64_t>(charge.insts);
}

void FrameFinder::fill(const timing::Attribution& books, Annotation& annotation) {
  const std::vector<timing::CallPath>& paths = books.paths().paths();
  for (const timing::CallPath& path : paths) {
    CallSite site;
    if (path.parent != timing::kNoPath) {
      const Found& found = at(path.space, path.site, annotation);
      site = {path.parent, found.frame, found.address, path.calls};
    }
    annotation.paths.push_back(site);
  }
  books.each([&](const timing::Charge& charge) { add(charge, annotation); });
  std::erase_if(annotation.path_costs,
                [](const PathCost& part) { return part.cost.insts == 0 && part.cost.slots() == 0; });
  std::sort(annotation.path_costs.begin(), annotation.path_costs.end(),
            [](const PathCost& a, const PathCost& b) {
              return std::tie(a.path, a.frame) < std::tie(b.path, b.frame);
            });
  annotation.folded_calls = books.paths().folded();
  std::vector<std::size_t> chain;
  std::vector<std::size_t> seen(annotation.functions.size(), kNone);  // by function: the cost that was
  for (std::size_t i = 0; i < annotation.path_costs.size(); ++i) {
    const PathCost& part = annotation.path_costs[i];
    const std::uint64_t slots = part.cost.slots();
    const auto take = [&](std::size_t frame) {
      const std::size_t function = annotation.frames[frame].function;
      if (std::exchange(seen[function], i) != i) annotation.functions[function].inclusive += slots;
    };
    chain_of(annotation, part.path, chain);
    for (const std::size_t path : chain) take(annotation.paths[path].frame);
    take(part.frame);
  }
}

CallTree call_tree(const Annotation& annotation) {
  CallTree tree;
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> places;  // by parent and function
  const auto child = [&](std::size_t parent, std::size_t function) {
    const auto [known, is_new] = places.try_emplace({parent, function}, tree.nodes.size());
    if (is_new) tree.nodes.push_back({function, parent, 0, {}, {}, {}});
    return known->second;
  };
  std::vector<std::size_t> callers(annotation.paths.size(), kNone);  // the node that a path's calls are in
  for (std::size_t i = 0; i < annotation.paths.size(); ++i) {
    const CallSite& path = annotation.paths[i];
    if (path.parent == kNone) continue;
    callers[i] = child(callers[path.parent], annotation.frames[path.frame].function);
  }
  for (const FunctionInPath& part : by_function(annotation)) {
    CallNode& node = tree.nodes[child(callers[part.cost.path], part.function)];
    node.self.add(part.cost.cost);
    node.calls += calls_of(annotation, part.cost, part.alone);
  }
  for (std::size_t i = tree.nodes.size(); i-- > 0;) {
    CallNode& node = tree.nodes[i];
    node.total.add(node.self);
    if (node.parent != kNone) tree.nodes[node.parent].total.add(node.total);
  }
  for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
    const std::size_t parent = tree.nodes[i].parent;
    (parent == kNone ? tree.roots : tree.nodes[parent].children).push_back(i);
  }
  const auto sort = [&](std::vector<std::size_t>& nodes) {
    std::stable_sort(nodes.begin(), nodes.end(), [&](std::size_t a, std::size_t b) {
      return tree.nodes[a].total.slots() > tree.nodes[b].total.slots();
    });
  };
  sort(tree.roots);
  for (CallNode& node : tree.nodes) sort(node.children);
  return tree;
}

CallEdges call_edges(const Annotation& annotation) {
  CallEdges edges;
  std::vector<std::size_t> chain;
  const std::vector<FunctionInPath> parts = by_function(annotation);
  std::vector<std::size_t> seen(annotation.functions.size(), kNone);
  const auto function_at = [&](std::size_t path) {
    return annotation.frames[annotation.paths[path].frame].function;
  };
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const FunctionInPath& part = parts[i];
    chain_of(annotation, part.cost.path, chain);
    if (chain.empty()) continue;
    seen[part.function] = i;
    for (std::size_t k = 0; k < chain.size(); ++k) {
      const std::size_t caller = function_at(chain[k]);
      if (std::exchange(seen[caller], i) == i) continue;
      const std::size_t callee = k + 1 < chain.size() ? function_at(chain[k + 1]) : part.function;
      edges[{caller, annotation.paths[chain[k]].address, callee}].inclusive.add(part.cost.cost);
    }
    const CallSite& last = annotation.paths[part.cost.path];
    edges[{function_at(part.cost.path), last.address, part.function}].calls +=
        calls_of(annotation, part.cost, part.alone);
  }
  return edges;
}

}  // namespace m2sim::cmd
