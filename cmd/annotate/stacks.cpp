#include "cmd/annotate/stacks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "cmd/annotate/files.h"
#include "cmd/annotate/words.h"
#include "cmd/console/terminal.h"

namespace m2sim::cmd {

using nlohmann::ordered_json;

std::vector<Stack> stacks_of(const Annotation& annotation) {
  std::vector<std::vector<std::string>> names;  // by frame
  for (const CodeFrame& frame : annotation.frames) {
    names.push_back({printable(title_of(annotation.functions[frame.function]))});
    for (const std::string& name : frame.inlined) names.back().push_back(printable(plain_name(name)));
  }
  std::vector<std::vector<std::string>> callers(annotation.paths.size());
  for (std::size_t i = 0; i < annotation.paths.size(); ++i) {
    const CallSite& path = annotation.paths[i];
    if (path.parent == kNone) continue;
    callers[i] = callers[path.parent];
    callers[i].insert(callers[i].end(), names[path.frame].begin(), names[path.frame].end());
  }
  std::map<std::vector<std::string>, std::uint64_t> all;
  for (const PathCost& part : annotation.path_costs) {
    std::vector<std::string> frames = callers[part.path];
    frames.insert(frames.end(), names[part.frame].begin(), names[part.frame].end());
    all[std::move(frames)] += part.cost.slots();
  }
  std::vector<Stack> stacks;
  for (const auto& [frames, slots] : all) {
    if (slots != 0) stacks.push_back({frames, slots});
  }
  return stacks;
}

std::string annotation_folded(const Annotation& annotation) {
  std::string text;
  for (const Stack& stack : stacks_of(annotation)) {
    std::string line;
    for (std::string frame : stack.frames) {
      std::replace(frame.begin(), frame.end(), ';', ':');
      line += (line.empty() ? "" : ";") + frame;
    }
    text += fmt::format("{} {}\n", line, annotation.cycles(stack.slots));
  }
  return text;
}

std::string annotation_speedscope(const Annotation& annotation, const Manifest& manifest) {
  ordered_json frames = ordered_json::array();
  ordered_json samples = ordered_json::array();
  ordered_json weights = ordered_json::array();
  std::map<std::string, std::size_t> places;
  for (const Stack& stack : stacks_of(annotation)) {
    ordered_json sample = ordered_json::array();
    for (const std::string& frame : stack.frames) {
      const auto [place, is_new] = places.try_emplace(frame, frames.size());
      if (is_new) frames.push_back({{"name", frame}});
      sample.push_back(place->second);
    }
    samples.push_back(std::move(sample));
    weights.push_back(annotation.cycles(stack.slots));
  }
  ordered_json profile;
  profile["type"] = "sampled";
  profile["name"] = fmt::format("cycles of {}", manifest.program);
  profile["unit"] = "none";
  profile["startValue"] = 0;
  profile["endValue"] = annotation.cycles(annotation.total.slots());
  profile["samples"] = std::move(samples);
  profile["weights"] = std::move(weights);
  ordered_json json;
  json["$schema"] = "https://www.speedscope.app/file-format-schema.json";
  json["name"] = manifest.program;
  json["exporter"] = fmt::format("m2sim {}", version());
  json["activeProfileIndex"] = 0;
  json["shared"]["frames"] = std::move(frames);
  json["profiles"] = ordered_json::array({std::move(profile)});
  return json.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace m2sim::cmd
