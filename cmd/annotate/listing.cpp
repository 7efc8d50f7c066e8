#include "cmd/annotate/listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "cmd/annotate/words.h"
#include "cmd/console/terminal.h"
#include "insts/operands.h"

namespace m2sim::cmd {
namespace {

using timing::StallReason;

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// What a branch of the function may name, by address.
class Labels {
 public:
  explicit Labels(const FunctionCost& function) {
    std::map<std::uint64_t, std::string> found;
    for (const InstCost& inst : function.instructions) {
      if (!inst.target || insts::flow_of(inst.inst->op) == insts::Flow::kCall) continue;
      const bool inside = std::any_of(function.instructions.begin(), function.instructions.end(),
                                      [&](const InstCost& other) { return other.address == *inst.target; });
      if (inside) found[*inst.target];
    }
    unsigned number = 0;
    for (auto& [address, name] : found) {
      ++number;
      if (function.file != nullptr) name = function.file->label(address);
      if (name.empty()) name = fmt::format("L{}", number);
    }
    names_ = std::move(found);
  }
  const std::string* at(std::uint64_t address) const {
    const auto found = names_.find(address);
    return found == names_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::uint64_t, std::string> names_;
};

class FunctionListing {
 public:
  FunctionListing(const Annotation& annotation, const FunctionCost& function, Sources& sources, bool color)
      : annotation_(annotation), function_(function), sources_(sources), labels_(function), color_(color) {}

  std::string text() {
    add_head();
    for (std::size_t i = 0; i < function_.loops.size(); ++i) add_loop(i);
    text_ +=
        paint(fmt::format("{:>14}  {:>5}  {:>13}  {:>7}  {:<28}", "cycles", "%", "count", "each", "causes"),
              Color::kDim, color_) +
        "\n";
    for (std::size_t i = 0; i < function_.instructions.size(); ++i) add_instruction(i);
    return std::move(text_);
  }

 private:
  double share(std::uint64_t slots) const {
    return static_cast<double>(slots) / static_cast<double>(annotation_.total.slots());
  }

  void add_head() {
    const double cycles = annotation_.cycles(function_.cost.slots());
    text_ += paint(printable(title_of(function_)), Color::kBold, color_) +
             fmt::format(" at {:#x}: {} cycles, {} %, {} instructions, CPI {}\n", function_.address,
                         rounded(cycles), percent(share(function_.cost.slots())),
                         grouped_signed(function_.cost.insts), per(cycles, function_.cost.insts));
  }

  std::string place_text(std::size_t i) const {
    const InstCost& inst = function_.instructions[i];
    return fmt::format("+{:#x}", inst.address - function_.address);
  }

  std::string places_text(const std::vector<std::size_t>& places, std::string_view between) const {
    constexpr std::size_t kMost = 6;
    std::string text;
    for (std::size_t i = 0; i < std::min(places.size(), kMost); ++i) {
      if (i != 0) text += between;
      text += fmt::format("{} {}", place_text(places[i]), printable(code(function_.instructions[places[i]])));
    }
    if (places.size() > kMost) text += fmt::format("{}({} more)", between, places.size() - kMost);
    return text;
  }

  void add_loop(std::size_t index) {
    const LoopCost& loop = function_.loops[index];
    const InstCost& first = function_.instructions[loop.body.front()];
    const double cycles = annotation_.cycles(loop.cost.slots());
    const std::string* label = labels_.at(first.address);
    std::string line = fmt::format("  {}loop {} ({}", std::string(2 * (loop.depth - 1), ' '), index + 1,
                                   label == nullptr ? place_text(loop.body.front()) : *label);
    if (first.line.line != 0) line += fmt::format(", {}:{}", file_name(first.line.file), first.line.line);
    line += fmt::format(
        "): {} iterations of {} cycles and {} instructions, {} % of the program\n",
        grouped_signed(static_cast<std::int64_t>(loop.iterations)),
        fmt::format("{:.2f}", cycles / static_cast<double>(loop.iterations)),
        fmt::format("{:.1f}", static_cast<double>(loop.cost.insts) / static_cast<double>(loop.iterations)),
        percent(share(loop.cost.slots())));
    text_ += paint(printable(line.substr(0, line.size() - 1)), Color::kCyan, color_) + "\n";
    add_limit(loop.limit, std::string(4 + 2 * (loop.depth - 1), ' '));
  }

  void add_limit(const LoopLimit& limit, const std::string& indent) {
    const auto& info = timing::kStallInfo[static_cast<std::size_t>(limit.reason)];
    if (limit.reason == StallReason::kBase) {
      text_ += fmt::format("{}limited by its work: {:.0f} % of the slots rename a uop\n", indent,
                           100 * limit.share);
      return;
    }
    text_ += fmt::format("{}limited by {}, {:.0f} %: {}\n", indent, info.name, 100 * limit.share,
                         info.description);
    if (!limit.chain.empty()) {
      text_ += fmt::format("{}the chain: {} -> next iteration\n", indent, places_text(limit.chain, " -> "));
    } else if (!limit.instructions.empty()) {
      text_ += fmt::format("{}at {}\n", indent, places_text(limit.instructions, "; "));
    }
  }

  // Where the source goes on elsewhere: its line.
  void add_source(const InstCost& inst) {
    if (inst.line.line == 0 || (inst.line == line_ && inst.inlined == inlined_)) return;
    line_ = inst.line;
    inlined_ = inst.inlined;
    std::string where = fmt::format("{}:{}", file_name(inst.line.file), inst.line.line);
    if (!inst.inlined.empty()) where += fmt::format(" in {}", shortened(inst.inlined.back(), 48));
    const std::string source =
        fmt::format("{:>44}{}  {}", "", printable(where), printable(sources_.text(inst.line)));
    text_ += paint(source, Color::kGreen, color_) + "\n";
  }

  std::string gutter(std::size_t i) const {
    unsigned depth = 0;
    for (const LoopCost& loop : function_.loops) {
      const bool inside =
          loop.body.front() == i || std::binary_search(loop.body.begin() + 1, loop.body.end(), i);
      if (inside) depth = std::max(depth, loop.depth);
    }
    return std::string(std::min(depth, 3U), '|') + std::string(3 - std::min(depth, 3U), ' ');
  }

  // Branches name labels, calls functions.
  std::string code(const InstCost& inst) const {
    if (inst.text.empty()) return "?";
    if (!inst.target) return inst.text;
    const std::string* label = labels_.at(*inst.target);
    std::string name = label == nullptr ? "" : *label;
    if (name.empty() && function_.file != nullptr)
      name = shortened(function_.file->function(*inst.target).name, 48);
    const std::string address = fmt::format("#{:#x}", *inst.target);
    const std::size_t at = inst.text.find(address);
    if (name.empty() || at == std::string::npos) return inst.text;
    return inst.text.substr(0, at) + name + inst.text.substr(at + address.size());
  }

  void add_instruction(std::size_t i) {
    const InstCost& inst = function_.instructions[i];
    if (i != 0 && inst.address != function_.instructions[i - 1].address + 4)
      text_ += fmt::format("{:>44}...\n", "");
    if (const std::string* label = labels_.at(inst.address); label != nullptr) {
      text_ += fmt::format("{:>78}{}:\n", "", printable(*label));
    }
    add_source(inst);
    const std::uint64_t slots = inst.cost.slots();
    const double cycles = annotation_.cycles(slots);
    text_ += fmt::format("{:>14}  {}  {:>13}  {:>7}  {:<28}  {} {:>6}  {}\n", rounded(cycles),
                         paint(fmt::format("{:>5}", percent(share(slots))), color_of(share(slots)), color_),
                         grouped_signed(inst.cost.insts), per(cycles, inst.cost.insts),
                         leading_causes(inst.cost.stack, 1), gutter(i), place_text(i), printable(code(inst)));
  }

  const Annotation& annotation_;
  const FunctionCost& function_;
  Sources& sources_;
  Labels labels_;
  bool color_;
  std::string text_;
  SourceLine line_;
  std::vector<std::string> inlined_;
};

}  // namespace

std::string Sources::text(const SourceLine& line) {
  const auto [file, is_new] = files_.try_emplace(line.file);
  if (is_new) {
    std::ifstream stream(line.file);
    for (std::string text; std::getline(stream, text);) file->second.push_back(text);
  }
  if (line.line == 0 || line.line > file->second.size()) return "";
  const std::string& text = file->second[line.line - 1];
  const std::size_t begin = text.find_first_not_of(" \t");
  return begin == std::string::npos ? "" : text.substr(begin);
}

std::string listing(const Annotation& annotation, const FunctionCost& function, Sources& sources,
                    bool color) {
  return FunctionListing(annotation, function, sources, color).text();
}

}  // namespace m2sim::cmd
