#include <fmt/format.h>

#include <algorithm>

#include "cmd/annotate/files.h"
#include "cmd/annotate/frames.h"
#include "cmd/console/terminal.h"

namespace m2sim::cmd {
namespace {

// Of a line: instructions of blocks that were cut may be less than none (annotate.md).
std::uint64_t counted(const Cost& cost) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(cost.insts, 0));
}

class CallgrindText {
 public:
  explicit CallgrindText(const Annotation& annotation)
      : annotation_(annotation), edges_(call_edges(annotation)) {
    for (std::size_t r = 0; r < annotation.total.stack.size(); ++r) {
      if (annotation.total.stack[r] != 0) reasons_.push_back(r);
    }
  }

  std::string text(const Manifest& manifest) {
    add_head(manifest);
    for (std::size_t i = 0; i < annotation_.functions.size(); ++i) add(i);
    return std::move(text_);
  }

 private:
  void add_head(const Manifest& manifest) {
    std::string command;
    for (const std::string& word : manifest.argv) command += (command.empty() ? "" : " ") + printable(word);
    text_ += fmt::format("# callgrind format\nversion: 1\ncreator: m2sim {}\ncmd: {}\n", version(), command);
    text_ += fmt::format(
        "desc: Slots: of rename, {} a cycle; those that did work are base, the others were lost\n",
        annotation_.slots_per_cycle);
    text_ += "positions: instr line\nevents: Slots Instructions";
    for (const std::size_t r : reasons_) text_ += fmt::format(" {}", timing::kStallInfo[r].name);
    std::uint64_t insts = 0;
    for (const FunctionCost& function : annotation_.functions) insts += counted(function.cost);
    text_ += fmt::format("\nsummary: {} {}", annotation_.total.slots(), insts);
    for (const std::size_t r : reasons_) text_ += fmt::format(" {}", annotation_.total.stack[r]);
    text_ += "\n";
  }

  void add_costs(std::uint64_t address, unsigned line, const Cost& cost) {
    text_ += fmt::format("{:#x} {} {} {}", address, line, cost.slots(), counted(cost));
    for (const std::size_t r : reasons_) text_ += fmt::format(" {}", cost.stack[r]);
    text_ += "\n";
  }

  // Its own file is that of its first line; where code of another was inlined, that one is named.
  static std::string file_of(const FunctionCost& function) {
    const bool known = !function.instructions.empty() && !function.instructions.front().line.file.empty();
    return known ? function.instructions.front().line.file : "???";
  }

  // What is called from `address`, of the calls that begin at `edge`; returns the first that is not.
  CallEdges::const_iterator add_calls(CallEdges::const_iterator edge, std::size_t caller,
                                      std::uint64_t address, unsigned line) {
    for (; edge != edges_.end(); ++edge) {
      const auto& [from, site, to] = edge->first;
      if (from != caller || site != address) break;
      const FunctionCost& callee = annotation_.functions[to];
      const unsigned begin = callee.instructions.empty() ? 0 : callee.instructions.front().line.line;
      text_ += fmt::format("cob={}\ncfi={}\ncfn={}\ncalls={} {:#x} {}\n", printable(callee.object),
                           printable(file_of(callee)), printable(callee.name), edge->second.calls,
                           callee.address, begin);
      add_costs(site, line, edge->second.inclusive);
    }
    return edge;
  }

  void add(std::size_t index) {
    const FunctionCost& function = annotation_.functions[index];
    const std::string own = file_of(function);
    text_ += fmt::format("\nob={}\nfl={}\nfn={}\n", printable(function.object), printable(own),
                         printable(function.name));
    if (function.instructions.empty()) add_costs(0, 0, function.cost);
    std::string file = own;
    auto edge = edges_.lower_bound({index, 0, 0});
    // A call may have been made before anything counted.
    const auto add_calls_before = [&](std::uint64_t address) {
      while (edge != edges_.end() && std::get<0>(edge->first) == index && std::get<1>(edge->first) < address)
        edge = add_calls(edge, index, std::get<1>(edge->first), 0);
    };
    for (const InstCost& inst : function.instructions) {
      add_calls_before(inst.address);
      const std::string here = inst.line.file.empty() ? own : inst.line.file;
      if (here != file) text_ += fmt::format("{}={}\n", here == own ? "fe" : "fi", printable(here));
      file = here;
      add_costs(inst.address, inst.line.line, inst.cost);
      edge = add_calls(edge, index, inst.address, inst.line.line);
    }
    add_calls_before(UINT64_MAX);
  }

  const Annotation& annotation_;
  const CallEdges edges_;
  std::vector<std::size_t> reasons_;  // that cost anything
  std::string text_;
};

}  // namespace

std::string annotation_callgrind(const Annotation& annotation, const Manifest& manifest) {
  return CallgrindText(annotation).text(manifest);
}

}  // namespace m2sim::cmd
