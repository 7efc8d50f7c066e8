#include "cmd/annotate/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cmd/annotate/frames.h"
#include "cmd/annotate/listing.h"
#include "cmd/annotate/words.h"
#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/terminal.h"
#include "cmd/results/report.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t kMostRows = 30;       // of the table of functions
constexpr double kLeastShare = 0.0005;      // of the cycles, to be in it
constexpr double kLeastStackShare = 0.001;  // to be a line of the stack

std::string head(const Annotation& annotation, const Manifest& manifest) {
  const double cycles = annotation.cycles(annotation.total.slots());
  std::string text =
      fmt::format("{}: {}, {}\n", printable(manifest.program), mode_name(manifest.mode), manifest.core);
  text += fmt::format("{} cycles, {} instructions, CPI {}\n", rounded(cycles),
                      grouped_signed(annotation.total.insts), per(cycles, annotation.total.insts));
  return text;
}

std::string stack_table(const Annotation& annotation, bool color) {
  const auto causes = sorted_causes(annotation.total.stack, true);
  const auto all = static_cast<double>(std::max<std::uint64_t>(annotation.total.slots(), 1));
  std::string text = "\n" + paint("Where rename's slots went", Color::kBold, color) + "\n";
  for (const auto& [reason, slots] : causes) {
    const double share = static_cast<double>(slots) / all;
    if (share < kLeastStackShare) continue;
    const auto& info = timing::kStallInfo[static_cast<std::size_t>(reason)];
    text += fmt::format("{:>16}  {:>6}  {:<22}  {}\n", rounded(annotation.cycles(slots)), percent(share),
                        info.name, info.description);
  }
  return text;
}

std::string function_table(const Annotation& annotation, bool color) {
  const auto all = static_cast<double>(std::max<std::uint64_t>(annotation.total.slots(), 1));
  std::string text = "\n" + paint("Functions", Color::kBold, color) + "\n" +
                     paint(fmt::format("{:>16}  {:>6}  {:>10}  {:>16}  {:>7}  {:<48}  {}", "cycles", "%",
                                       "with calls", "instructions", "CPI", "leading causes", "function"),
                           Color::kDim, color) +
                     "\n";
  std::size_t rows = 0;
  for (const FunctionCost& function : annotation.functions) {
    const double share = static_cast<double>(function.cost.slots()) / all;
    if (rows == kMostRows || share < kLeastShare) break;
    ++rows;
    const double cycles = annotation.cycles(function.cost.slots());
    text += fmt::format("{:>16}  {}  {:>10}  {:>16}  {:>7}  {:<48}  {}\n", rounded(cycles),
                        paint(fmt::format("{:>6}", percent(share)), color_of(share), color),
                        percent(static_cast<double>(function.inclusive) / all),
                        grouped_signed(function.cost.insts), per(cycles, function.cost.insts),
                        leading_causes(function.cost.stack, 2), shortened(title_of(function), 72));
  }
  if (rows < annotation.functions.size()) {
    text += fmt::format("{:>16}  and {} functions that cost less\n", "", annotation.functions.size() - rows);
  }
  return text;
}

class TreeText {
 public:
  TreeText(const Annotation& annotation, const TextOptions& options)
      : annotation_(annotation),
        options_(options),
        tree_(call_tree(annotation)),
        all_(static_cast<double>(std::max<std::uint64_t>(annotation.total.slots(), 1))) {}

  std::string text() {
    text_ = "\n" + paint("Calls", Color::kBold, options_.color) + "\n" +
            paint(fmt::format("{:>10}  {:>6}  {:>16}  {:>13}  {}", "with calls", "%", "cycles", "calls",
                              "function"),
                  Color::kDim, options_.color) +
            "\n";
    add(tree_.roots, 0);
    return std::move(text_);
  }

 private:
  double share(const Cost& cost) const { return static_cast<double>(cost.slots()) / all_; }

  // The most expensive first, so what comes behind one that is left out is left out, too.
  void add(const std::vector<std::size_t>& nodes, unsigned depth) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const CallNode& node = tree_.nodes[nodes[i]];
      if (100 * share(node.total) < options_.least_percent) break;
      if (depth == options_.depth) {
        add_row(fmt::format("{:>10}  {:>6}  {:>16}  {:>13}", "", "", "", ""), depth, "...");
        break;
      }
      const double total = share(node.total);
      add_row(fmt::format("{}  {:>6}  {:>16}  {:>13}",
                          paint(fmt::format("{:>10}", percent(total)), color_of(total), options_.color),
                          percent(share(node.self)), rounded(annotation_.cycles(node.self.slots())),
                          grouped(node.calls)),
              depth, shortened(title_of(annotation_.functions[node.function]), 72));
      add(node.children, depth + 1);
    }
  }

  void add_row(const std::string& figures, unsigned depth, const std::string& name) {
    text_ += fmt::format("{}  {:{}}{}\n", figures, "", 2 * depth, name);
  }

  const Annotation& annotation_;
  const TextOptions& options_;
  CallTree tree_;
  double all_;
  std::string text_;
};

std::vector<const FunctionCost*> chosen(const Annotation& annotation, const TextOptions& options) {
  std::vector<const FunctionCost*> functions;
  if (options.named.empty()) {
    for (const FunctionCost& function : annotation.functions) {
      if (functions.size() == options.functions) break;
      if (!function.instructions.empty()) functions.push_back(&function);
    }
    return functions;
  }
  for (const std::string& name : options.named) {
    const std::size_t before = functions.size();
    std::vector<std::string> names;
    for (const FunctionCost& function : annotation.functions) {
      if (function.instructions.empty()) continue;
      const std::string short_name = plain_name(function.name);
      names.push_back(short_name);
      if (function.name == name || short_name == name) functions.push_back(&function);
    }
    if (functions.size() == before) {
      throw failure("annotate: no function '{}' has executed{}", name, did_you_mean(name, names));
    }
  }
  return functions;
}

}  // namespace

std::string annotation_text(const Annotation& annotation, const Manifest& manifest,
                            const TextOptions& options) {
  std::string text = head(annotation, manifest);
  if (annotation.total.slots() == 0) return text;
  text += stack_table(annotation, options.color) + function_table(annotation, options.color);
  if (options.tree) text += TreeText(annotation, options).text();
  Sources sources;
  for (const FunctionCost* function : chosen(annotation, options)) {
    text += "\n" + listing(annotation, *function, sources, options.color);
  }
  return text;
}

}  // namespace m2sim::cmd
