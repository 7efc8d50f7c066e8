#include <nlohmann/json.hpp>

#include "cmd/annotate/files.h"
#include "cmd/annotate/frames.h"
#include "cmd/results/stats_file.h"

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

ordered_json stack_json(const Annotation& annotation, const SlotStack& stack) {
  ordered_json json = ordered_json::object();
  for (std::size_t r = 0; r < stack.size(); ++r) {
    if (stack[r] != 0) json[std::string(timing::kStallInfo[r].name)] = annotation.cycles(stack[r]);
  }
  return json;
}

ordered_json inst_json(const Annotation& annotation, const FunctionCost& function, const InstCost& inst) {
  ordered_json json;
  json["address"] = inst.address;
  json["offset"] = inst.address - function.address;
  json["text"] = inst.text;
  json["file"] = inst.line.file;
  json["line"] = inst.line.line;
  if (!inst.inlined.empty()) json["inlined"] = inst.inlined;
  json["count"] = inst.cost.insts;
  json["cycles"] = annotation.cycles(inst.cost.slots());
  json["cpi_stack"] = stack_json(annotation, inst.cost.stack);
  return json;
}

ordered_json offsets_json(const FunctionCost& function, const std::vector<std::size_t>& places) {
  ordered_json json = ordered_json::array();
  for (const std::size_t i : places) json.push_back(function.instructions[i].address - function.address);
  return json;
}

ordered_json loop_json(const Annotation& annotation, const FunctionCost& function, const LoopCost& loop) {
  const InstCost& first = function.instructions[loop.body.front()];
  const double cycles = annotation.cycles(loop.cost.slots());
  ordered_json json;
  json["offset"] = first.address - function.address;
  json["file"] = first.line.file;
  json["line"] = first.line.line;
  json["depth"] = loop.depth;
  json["instructions"] = offsets_json(function, loop.body);
  json["iterations"] = loop.iterations;
  json["cycles"] = cycles;
  json["cycles_per_iteration"] = cycles / static_cast<double>(loop.iterations);
  ordered_json limit;
  limit["cause"] = timing::kStallInfo[static_cast<std::size_t>(loop.limit.reason)].name;
  limit["share"] = loop.limit.share;
  limit["instructions"] = offsets_json(function, loop.limit.instructions);
  limit["chain"] = offsets_json(function, loop.limit.chain);
  json["limit"] = std::move(limit);
  return json;
}

// Flat, as a path may be deeper than who reads it likes to nest.
ordered_json calls_json(const Annotation& annotation) {
  ordered_json json = ordered_json::array();
  for (const CallNode& node : call_tree(annotation).nodes) {
    ordered_json entry;
    entry["function"] = node.function;
    entry["parent"] = node.parent == kNone ? ordered_json() : ordered_json(node.parent);
    entry["calls"] = node.calls;
    entry["cycles"] = annotation.cycles(node.self.slots());
    entry["inclusive_cycles"] = annotation.cycles(node.total.slots());
    entry["insts"] = node.self.insts;
    entry["cpi_stack"] = stack_json(annotation, node.self.stack);
    json.push_back(std::move(entry));
  }
  return json;
}

}  // namespace

ordered_json function_json(const Annotation& annotation, const FunctionCost& function) {
  ordered_json json;
  json["name"] = function.name;
  json["object"] = function.object;
  json["address"] = function.address;
  json["cycles"] = annotation.cycles(function.cost.slots());
  json["inclusive_cycles"] = annotation.cycles(function.inclusive);
  json["insts"] = function.cost.insts;
  json["cpi_stack"] = stack_json(annotation, function.cost.stack);
  json["instructions"] = ordered_json::array();
  for (const InstCost& inst : function.instructions) {
    json["instructions"].push_back(inst_json(annotation, function, inst));
  }
  json["loops"] = ordered_json::array();
  for (const LoopCost& loop : function.loops) json["loops"].push_back(loop_json(annotation, function, loop));
  return json;
}

std::string annotation_json(const Annotation& annotation, const Manifest& manifest, const Stats& stats) {
  ordered_json json = ordered_json::parse(stats_text(FileFormat::kJson, manifest, stats));
  json["functions"] = ordered_json::array();
  for (const FunctionCost& function : annotation.functions) {
    json["functions"].push_back(function_json(annotation, function));
  }
  json["calls"] = calls_json(annotation);
  json["folded_calls"] = annotation.folded_calls;
  return json.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace m2sim::cmd
